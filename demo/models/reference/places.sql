-- The cities people live in. Slots are shares of 1,000; hours_from_utc is the winter offset, kept all year.
select * from (
    values
    (1, 'US', 'NY', 'New York', '100', 70, -5, 'America/New_York', 'en', 'es', 0.10, 'USD', 0.080),
    (2, 'US', 'CA', 'Los Angeles', '900', 60, -8, 'America/Los_Angeles', 'en', 'es', 0.18, 'USD', 0.085),
    (3, 'US', 'CA', 'San Francisco', '941', 30, -8, 'America/Los_Angeles', 'en', 'es', 0.06, 'USD', 0.085),
    (4, 'US', 'TX', 'Austin', '787', 45, -6, 'America/Chicago', 'en', 'es', 0.15, 'USD', 0.080),
    (5, 'US', 'TX', 'Houston', '770', 35, -6, 'America/Chicago', 'en', 'es', 0.18, 'USD', 0.080),
    (6, 'US', 'IL', 'Chicago', '606', 45, -6, 'America/Chicago', 'en', 'ro', 0.03, 'USD', 0.075),
    (7, 'US', 'FL', 'Miami', '331', 40, -5, 'America/New_York', 'en', 'es', 0.25, 'USD', 0.070),
    (8, 'US', 'WA', 'Seattle', '981', 35, -8, 'America/Los_Angeles', 'en', 'ru', 0.03, 'USD', 0.090),
    (9, 'US', 'MA', 'Boston', '021', 35, -5, 'America/New_York', 'en', 'fr', 0.02, 'USD', 0.0625),
    (10, 'US', 'GA', 'Atlanta', '303', 30, -5, 'America/New_York', 'en', 'es', 0.05, 'USD', 0.070),
    (11, 'US', 'CO', 'Denver', '802', 30, -7, 'America/Denver', 'en', 'es', 0.08, 'USD', 0.075),
    (12, 'US', 'OR', 'Portland', '972', 25, -8, 'America/Los_Angeles', 'en', 'ru', 0.04, 'USD', 0.000),
    (13, 'US', 'PA', 'Philadelphia', '191', 30, -5, 'America/New_York', 'en', 'es', 0.05, 'USD', 0.080),
    (14, 'US', 'OH', 'Columbus', '432', 30, -5, 'America/New_York', 'en', 'ro', 0.02, 'USD', 0.075),
    (15, 'CA', 'ON', 'Toronto', 'M5', 35, -5, 'America/Toronto', 'en', 'fr', 0.05, 'USD', 0.130),
    (16, 'CA', 'QC', 'Montreal', 'H2', 25, -5, 'America/Toronto', 'fr', 'en', 0.40, 'USD', 0.150),
    (17, 'GB', 'ENG', 'London', 'N1', 60, 0, 'Europe/London', 'en', 'ro', 0.03, 'GBP', 0.200),
    (18, 'GB', 'ENG', 'Manchester', 'M4', 30, 0, 'Europe/London', 'en', 'ro', 0.02, 'GBP', 0.200),
    (19, 'GB', 'SCT', 'Edinburgh', 'EH3', 20, 0, 'Europe/London', 'en', 'en', 0.0, 'GBP', 0.200),
    (20, 'IE', 'D', 'Dublin', 'D04', 20, 0, 'Europe/Dublin', 'en', 'en', 0.0, 'EUR', 0.230),
    (21, 'DE', 'BE', 'Berlin', '101', 40, 1, 'Europe/Berlin', 'de', 'ru', 0.08, 'EUR', 0.190),
    (22, 'DE', 'BY', 'München', '803', 30, 1, 'Europe/Berlin', 'de', 'en', 0.05, 'EUR', 0.190),
    (23, 'AT', '9', 'Wien', '10', 15, 1, 'Europe/Vienna', 'de', 'ro', 0.05, 'EUR', 0.200),
    (24, 'FR', 'IDF', 'Paris', '750', 35, 1, 'Europe/Paris', 'fr', 'en', 0.05, 'EUR', 0.200),
    (25, 'FR', 'ARA', 'Lyon', '690', 20, 1, 'Europe/Paris', 'fr', 'fr', 0.0, 'EUR', 0.200),
    (26, 'ES', 'MD', 'Madrid', '280', 30, 1, 'Europe/Madrid', 'es', 'ro', 0.04, 'EUR', 0.210),
    (27, 'ES', 'CT', 'Barcelona', '080', 25, 1, 'Europe/Madrid', 'es', 'en', 0.06, 'EUR', 0.210),
    (28, 'RO', 'B', 'București', '01', 25, 2, 'Europe/Bucharest', 'ro', 'en', 0.05, 'USD', 0.190),
    (29, 'RO', 'CJ', 'Cluj-Napoca', '40', 15, 2, 'Europe/Bucharest', 'ro', 'en', 0.05, 'USD', 0.190),
    (30, 'EE', '37', 'Tallinn', '101', 10, 2, 'Europe/Tallinn', 'ru', 'en', 0.50, 'EUR', 0.220),
    (31, 'LV', 'RIX', 'Rīga', 'LV-1', 10, 2, 'Europe/Riga', 'ru', 'en', 0.50, 'EUR', 0.210),
    (32, 'AU', 'NSW', 'Sydney', '20', 15, 10, 'Australia/Sydney', 'en', 'en', 0.0, 'USD', 0.100)
) as listed (
    place_id, country_code, region_code, city, postal_prefix, slots, hours_from_utc, time_zone,
    main_language, other_language, other_language_share, home_currency, tax_rate
)
