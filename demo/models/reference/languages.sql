-- Names and streets by language: common ones, all invented together. One row per language.
select * from (
    values
    (
        'en',
        ['Emma', 'Olivia', 'Grace', 'Hannah', 'Chloe', 'Lucy', 'Megan', 'Sarah', 'Laura', 'Julia', 'Alice', 'Zoe',
         'Rachel', 'Amy', 'Kate', 'Ella', 'Molly', 'Nora', 'Ruby', 'Helen'],
        ['James', 'Oliver', 'Jack', 'Daniel', 'Thomas', 'Henry', 'Adam', 'Ryan', 'Peter', 'Luke', 'Mark', 'Ben',
         'Samuel', 'Owen', 'David', 'Paul', 'Simon', 'George', 'Neil', 'Patrick'],
        ['Smith', 'Taylor', 'Brown', 'Wilson', 'Evans', 'Walker', 'Green', 'Baker', 'Carter', 'Hill', 'Moore', 'Clark',
         'Young', 'King', 'Wright', 'Turner', 'Parker', 'Cook', 'Bailey', 'Reed', 'Murphy', 'Price', 'Ward', 'Brooks'],
        ['Maple Street', 'Oak Avenue', 'Station Road', 'Mill Lane', 'High Street', 'River Road', 'Park Avenue',
         'Church Lane', 'Elm Street', 'Garden Close', 'Hill View', 'Orchard Way']
    ),
    (
        'es',
        ['María', 'Lucía', 'Carmen', 'Ana', 'Elena', 'Sofía', 'Paula', 'Marta', 'Laura', 'Isabel', 'Rosa', 'Julia'],
        ['José', 'Antonio', 'Manuel', 'Carlos', 'Javier', 'Luis', 'Miguel', 'Pablo', 'Diego', 'Andrés', 'Raúl', 'Jorge'],
        ['García', 'López', 'Martínez', 'Sánchez', 'Pérez', 'Gómez', 'Martín', 'Ruiz', 'Díaz', 'Moreno', 'Álvarez',
         'Romero', 'Navarro', 'Torres', 'Gil', 'Ramos'],
        ['Calle Mayor', 'Calle del Sol', 'Avenida de la Paz', 'Calle Nueva', 'Plaza del Mercado', 'Calle de la Luna',
         'Paseo del Río', 'Calle Real']
    ),
    (
        'ro',
        ['Maria', 'Ioana', 'Andreea', 'Elena', 'Alexandra', 'Cristina', 'Mihaela', 'Ana', 'Gabriela', 'Raluca', 'Ștefania'],
        ['Andrei', 'Alexandru', 'Mihai', 'Ion', 'Cristian', 'Ștefan', 'Radu', 'Vlad', 'Bogdan', 'Florin', 'Gabriel'],
        ['Popescu', 'Ionescu', 'Popa', 'Stan', 'Dumitru', 'Stoica', 'Munteanu', 'Marin', 'Tudor', 'Dobre', 'Barbu', 'Țurcanu'],
        ['Strada Florilor', 'Strada Lungă', 'Bulevardul Unirii', 'Strada Teilor', 'Strada Morii', 'Aleea Parcului',
         'Strada Gării', 'Strada Școlii']
    ),
    (
        'ru',
        ['Анна', 'Мария', 'Елена', 'Ольга', 'Наталья', 'Ирина', 'Татьяна', 'Светлана', 'Юлия', 'Дарья'],
        ['Алексей', 'Дмитрий', 'Иван', 'Сергей', 'Андрей', 'Михаил', 'Николай', 'Павел', 'Олег', 'Антон'],
        ['Шевченко', 'Коваль', 'Мельник', 'Лебедь', 'Бондаренко', 'Ткаченко', 'Кравец', 'Гончар', 'Савчук', 'Клименко'],
        ['Birch Street', 'Lake Street', 'Garden Street', 'School Street', 'Harbour Street', 'Forest Street']
    ),
    (
        'de',
        ['Anna', 'Lena', 'Julia', 'Sophie', 'Katharina', 'Lea', 'Sabine', 'Petra', 'Claudia', 'Jana', 'Greta', 'Käthe'],
        ['Lukas', 'Jonas', 'Felix', 'Max', 'Paul', 'Jan', 'Stefan', 'Thomas', 'Michael', 'Jürgen', 'Moritz', 'Tobias'],
        ['Müller', 'Schmidt', 'Schneider', 'Fischer', 'Weber', 'Wagner', 'Becker', 'Hoffmann', 'Koch', 'Richter', 'Klein',
         'Wolf', 'Schröder', 'Neumann'],
        ['Hauptstraße', 'Bahnhofstraße', 'Gartenweg', 'Lindenallee', 'Bergstraße', 'Schulstraße', 'Am Markt', 'Mühlweg']
    ),
    (
        'fr',
        ['Marie', 'Camille', 'Léa', 'Chloé', 'Manon', 'Julie', 'Claire', 'Sophie', 'Hélène', 'Élise', 'Inès', 'Louise'],
        ['Pierre', 'Louis', 'Hugo', 'Lucas', 'Jules', 'Antoine', 'Nicolas', 'François', 'Rémi', 'Théo', 'Marc', 'Olivier'],
        ['Martin', 'Bernard', 'Dubois', 'Petit', 'Durand', 'Leroy', 'Moreau', 'Laurent', 'Girard', 'Rousseau', 'Lefèvre',
         'Mercier', 'Blanc', 'Garnier'],
        ['rue de la Gare', 'rue du Moulin', 'avenue des Tilleuls', 'rue des Écoles', 'place du Marché',
         'rue Saint-Martin', 'chemin du Lac', 'rue des Lilas']
    )
) as listed (language, female_names, male_names, last_names, streets)
