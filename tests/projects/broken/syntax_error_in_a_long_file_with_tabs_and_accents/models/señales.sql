with étape_1 as (

	select
		1 as número, -- señal nº 1: «naïve» 東京 🎁
		'ß1' as größe

),

étape_2 as (

	select
		2 as número, -- señal nº 2: «naïve» 東京 🎁
		'ß2' as größe

),

étape_3 as (

	select
		3 as número, -- señal nº 3: «naïve» 東京 🎁
		'ß3' as größe

),

étape_4 as (

	select
		4 as número, -- señal nº 4: «naïve» 東京 🎁
		'ß4' as größe

),

étape_5 as (

	select
		5 as número, -- señal nº 5: «naïve» 東京 🎁
		'ß5' as größe

),

étape_6 as (

	select
		6 as número, -- señal nº 6: «naïve» 東京 🎁
		'ß6' as größe

),

étape_7 as (

	select
		7 as número, -- señal nº 7: «naïve» 東京 🎁
		'ß7' as größe

),

étape_8 as (

	select
		8 as número, -- señal nº 8: «naïve» 東京 🎁
		'ß8' as größe

),

étape_9 as (

	select
		9 as número, -- señal nº 9: «naïve» 東京 🎁
		'ß9' as größe

),

étape_10 as (

	select
		10 as número, -- señal nº 10: «naïve» 東京 🎁
		'ß10' as größe

),

étape_11 as (

	select
		11 as número, -- señal nº 11: «naïve» 東京 🎁
		'ß11' as größe

),

étape_12 as (

	select
		12 as número, -- señal nº 12: «naïve» 東京 🎁
		'ß12' as größe

),

étape_13 as (

	select
		13 as número, -- señal nº 13: «naïve» 東京 🎁
		'ß13' as größe

),

étape_14 as (

	select
		14 as número, -- señal nº 14: «naïve» 東京 🎁
		'ß14' as größe

),

étape_15 as (

	select
		15 as número, -- señal nº 15: «naïve» 東京 🎁
		'ß15' as größe

),

étape_16 as (

	select
		16 as número, -- señal nº 16: «naïve» 東京 🎁
		'ß16' as größe

),

étape_17 as (

	select
		17 as número, -- señal nº 17: «naïve» 東京 🎁
		'ß17' as größe

),

étape_18 as (

	select
		18 as número, -- señal nº 18: «naïve» 東京 🎁
		'ß18' as größe

),

étape_19 as (

	select
		19 as número, -- señal nº 19: «naïve» 東京 🎁
		'ß19' as größe

),

étape_20 as (

	select
		20 as número, -- señal nº 20: «naïve» 東京 🎁
		'ß20' as größe

),

étape_21 as (

	select
		21 as número, -- señal nº 21: «naïve» 東京 🎁
		'ß21' as größe

),

étape_22 as (

	select
		22 as número, -- señal nº 22: «naïve» 東京 🎁
		'ß22' as größe

),

étape_23 as (

	select
		23 as número, -- señal nº 23: «naïve» 東京 🎁
		'ß23' as größe

),

étape_24 as (

	select
		24 as número, -- señal nº 24: «naïve» 東京 🎁
		'ß24' as größe

),

étape_25 as (

	select
		25 as número, -- señal nº 25: «naïve» 東京 🎁
		'ß25' as größe

),

étape_26 as (

	select
		26 as número, -- señal nº 26: «naïve» 東京 🎁
		'ß26' as größe

),

étape_27 as (

	select
		27 as número, -- señal nº 27: «naïve» 東京 🎁
		'ß27' as größe

),

étape_28 as (

	select
		28 as número, -- señal nº 28: «naïve» 東京 🎁
		'ß28' as größe

),

étape_29 as (

	select
		29 as número, -- señal nº 29: «naïve» 東京 🎁
		'ß29' as größe

),

étape_30 as (

	select
		30 as número, -- señal nº 30: «naïve» 東京 🎁
		'ß30' as größe

),

étape_31 as (

	select
		31 as número, -- señal nº 31: «naïve» 東京 🎁
		'ß31' as größe

),

étape_32 as (

	select
		32 as número, -- señal nº 32: «naïve» 東京 🎁
		'ß32' as größe

),

étape_33 as (

	select
		33 as número, -- señal nº 33: «naïve» 東京 🎁
		'ß33' as größe

),

étape_34 as (

	select
		34 as número, -- señal nº 34: «naïve» 東京 🎁
		'ß34' as größe

),

étape_35 as (

	select
		35 as número, -- señal nº 35: «naïve» 東京 🎁
		'ß35' as größe

),

étape_36 as (

	select
		36 as número, -- señal nº 36: «naïve» 東京 🎁
		'ß36' as größe

),

étape_37 as (

	select
		37 as número, -- señal nº 37: «naïve» 東京 🎁
		'ß37' as größe

),

étape_38 as (

	select
		38 as número, -- señal nº 38: «naïve» 東京 🎁
		'ß38' as größe

),

étape_39 as (

	select
		39 as número, -- señal nº 39: «naïve» 東京 🎁
		'ß39' as größe

),

étape_40 as (

	select
		40 as número, -- señal nº 40: «naïve» 東京 🎁
		'ß40' as größe

),

словом as (

	select
		'🎁 подарок' as слово,	'東京' as город, ) as ошибка

)

select * from словом
