package obligations

import "strings"

// placesJapan has Japan's islands, with what it lost, and Korea.
func placesJapan() []Place {
	const pacific = AreaAsia | AreaFarEast | AreaPacific | AreaWestPacific
	const residual = "Peace treaty Art. 3; Japan kept the residual sovereignty"
	return []Place{
		{
			ID: "japanese-main-islands", Name: "Main islands of Japan", Aliases: strings.Fields("tokyo hokkaido honshu kyushu shikoku yokosuka"), Kind: KindMetropolitan, Areas: pacific, Where: "in the western Pacific",
			Tenures: []Tenure{
				sovereign("japan", "", "", "A", ""),
				occupied("united-states", "1945-09-02", "1952-04-28", "B", "for the Allied Powers"),
			},
		},
		{
			ID: "ryukyu-islands", Name: "Ryukyu and Daito Islands", Aliases: strings.Fields("okinawa ryukyus daito-islands kadena futenma"), Kind: KindOccupied, Areas: pacific, Where: "26 degrees north in the western Pacific",
			Tenures: []Tenure{
				sovereign("japan", "1879-04-04", "", "B", "made a prefecture"),
				occupied("united-states", "1945-06-22", "1952-04-28", "B", ""),
				administered("united-states", "1952-04-28", "1972-05-15", "A", residual),
			},
		},
		{
			ID: "amami-islands", Name: "Amami Islands", Aliases: strings.Fields("amami"), Kind: KindOccupied, Areas: pacific, Where: "28 degrees north in the western Pacific",
			Tenures: []Tenure{
				sovereign("japan", "", "", "B", ""),
				occupied("united-states", "1945-09-02", "1952-04-28", "C", ""),
				administered("united-states", "1952-04-28", "1953-12-25", "A", residual),
			},
		},
		{
			ID: "ogasawara-islands", Name: "Ogasawara Islands", Aliases: strings.Fields("bonin-islands bonins iwo-jima iwo-to volcano-islands chichijima"), Kind: KindOccupied, Areas: pacific, Where: "27 degrees north in the western Pacific",
			Tenures: []Tenure{
				sovereign("japan", "", "", "B", ""),
				occupied("united-states", "1945-03-26", "1952-04-28", "C", "the end of the fight for Iwo Jima"),
				administered("united-states", "1952-04-28", "1968-06-26", "A", residual),
			},
		},
		{
			ID: "senkaku-islands", Name: "Senkaku Islands", Aliases: strings.Fields("senkaku senkakus diaoyu diaoyutai"), Kind: KindIsland, Areas: pacific, Where: "25 degrees north in the East China Sea",
			Tenures: []Tenure{
				administered("japan", "1895-01-14", "1945-09-02", "B", "cabinet decision"),
				administered("united-states", "1952-04-28", "1972-05-15", "B", "inside the lines of the agreed minute of 1971"),
				administered("japan", "1972-05-15", "", "A", "returned with Okinawa; no position on sovereignty by the United States"),
				claimed("china", "1971-12-30", "", "B", ""),
				claimed("taiwan", "1971-06-11", "", "B", ""),
			},
		},
		{
			ID: "takeshima", Name: "Takeshima, Dokdo", Aliases: strings.Fields("dokdo takeshima-dokdo liancourt-rocks"), Kind: KindIsland, Areas: pacific, Where: "37 degrees north in the Sea of Japan",
			Tenures: []Tenure{
				sovereign("japan", "1905-02-22", "1945-09-02", "C", "incorporated; disputed"),
				administered("south-korea", "1954-09-01", "", "C", "garrison from that year; the day is not certain"),
				claimed("japan", "1952-01-28", "", "B", "protest against the line of 1952-01-18"),
			},
		},
		{
			ID: "kuril-islands", Name: "Kuril Islands and Northern Territories", Aliases: strings.Fields("northern-territories kuril-northern-territories kurils etorofu kunashiri"), Kind: KindOccupied, Areas: pacific, Where: "44 degrees north in the North Pacific",
			Tenures: []Tenure{
				sovereign("japan", "1875-05-07", "1945-09-02", "C", "all of them, treaty of Saint Petersburg"),
				administered("soviet-union", "1945-09-02", "1991-12-25", "B", ""),
				administered("russia", "1991-12-25", "", "B", ""),
				claimed("japan", "1952-04-28", "", "B", "the four in the south"),
			},
		},
		{
			ID: "korea", Name: "Korea before its division", Aliases: strings.Fields("chosen"), Kind: KindMetropolitan, Areas: AreaAsia | AreaFarEast | AreaKorea, Partly: AreaPacific, Where: "the peninsula",
			Tenures: []Tenure{
				sovereign("korea", "", "1910-08-29", "B", "in Japan's protection since 1905-11-17"),
				sovereign("japan", "1910-08-29", "1945-09-02", "A", "annexation"),
			},
		},
		{
			ID: "korea-south", Name: "South Korea", Aliases: strings.Fields("seoul pusan"), Kind: KindMetropolitan, Areas: AreaAsia | AreaFarEast | AreaKorea, Partly: AreaPacific, Where: "on the peninsula",
			Tenures: []Tenure{
				sovereign("japan", "1910-08-29", "1945-09-02", "B", ""),
				occupied("united-states", "1945-09-08", "1948-08-15", "B", ""),
				sovereign("south-korea", "1948-08-15", "", "A", ""),
			},
		},
		{
			ID: "korea-north", Name: "North Korea", Aliases: strings.Fields("pyongyang"), Kind: KindMetropolitan, Areas: AreaAsia | AreaFarEast | AreaKorea, Partly: AreaPacific, Where: "on the peninsula",
			Tenures: []Tenure{
				sovereign("japan", "1910-08-29", "1945-09-02", "B", ""),
				occupied("soviet-union", "1945-08-24", "1948-09-09", "B", ""),
				sovereign("north-korea", "1948-09-09", "", "A", ""),
			},
		},
		{
			ID: "yeonpyeong", Name: "Yeonpyeong and the five islands", Aliases: strings.Fields("baengnyeong northwest-islands"), Kind: KindIsland, Areas: AreaAsia | AreaFarEast | AreaKorea, Partly: AreaPacific, Where: "37 degrees north in the Yellow Sea",
			Tenures: []Tenure{sovereign("south-korea", "1953-07-27", "", "B", "armistice Art. II 13(b)")},
		},
	}
}

// placesSoutheastAsia has the lands and islands from Burma to the Philippines.
func placesSoutheastAsia() []Place {
	const area = AreaAsia | AreaFarEast | AreaSoutheastAsia
	return []Place{
		{
			ID: "singapore", Name: "Singapore", Kind: KindOverseas, Areas: area, Where: "1 degree north",
			Tenures: []Tenure{
				sovereign("united-kingdom", "1824-08-02", "1963-09-16", "C", "cession; occupied by Japan 1942-02-15 to 1945-09-12"),
				sovereign("malaysia", "1963-09-16", "1965-08-09", "A", ""),
				sovereign("singapore", "1965-08-09", "", "A", ""),
			},
		},
		{
			ID: "malaya", Name: "Malaya", Aliases: strings.Fields("kuala-lumpur penang butterworth"), Kind: KindOverseas, Areas: area, Where: "on the Malay peninsula",
			Tenures: []Tenure{administered("united-kingdom", "1874-01-20", "1957-08-31", "C", "protected states and the Straits"), sovereign("malaysia", "1957-08-31", "", "B", "independence")},
		},
		{
			ID: "sabah-and-sarawak", Name: "Sabah and Sarawak", Aliases: strings.Fields("north-borneo sarawak sabah"), Kind: KindOverseas, Areas: area, Where: "on Borneo",
			Tenures: []Tenure{
				administered("united-kingdom", "1888-05-12", "1946-07-15", "C", "protectorates; the days differ"),
				sovereign("united-kingdom", "1946-07-15", "1963-09-16", "C", "Crown colonies"),
				sovereign("malaysia", "1963-09-16", "", "A", ""),
				claimed("philippines", "1962-06-22", "", "B", "of North Borneo"),
			},
		},
		{
			ID: "brunei-territory", Name: "Brunei", Kind: KindOverseas, Areas: area, Where: "on Borneo",
			Tenures: []Tenure{administered("united-kingdom", "1888-09-17", "1984-01-01", "B", "protected"), sovereign("brunei", "1984-01-01", "", "B", "")},
		},
		{
			ID: "east-timor", Name: "East Timor", Aliases: strings.Fields("portuguese-timor dili"), Kind: KindOverseas, Areas: area, Where: "9 degrees south",
			Tenures: []Tenure{
				sovereign("portugal", "", "2002-05-20", "B", "to the United Nations the administering power to the end"),
				occupied("indonesia", "1975-12-07", "1999-10-25", "B", "declared a province 1976-07-17"),
				sovereign("timor-leste", "2002-05-20", "", "B", ""),
			},
		},
		{
			ID: "western-new-guinea", Name: "Western New Guinea", Aliases: strings.Fields("west-irian west-papua"), Kind: KindOverseas, Areas: AreaOceania | AreaSoutheastAsia | AreaPacific, Where: "4 degrees south",
			Tenures: []Tenure{
				sovereign("netherlands", "1828-08-24", "1963-05-01", "C", "the United Nations administered it from 1962-10-01"),
				claimed("indonesia", "1949-12-27", "1963-05-01", "B", ""),
				sovereign("indonesia", "1963-05-01", "", "B", ""),
			},
		},
		{
			ID: "luzon", Name: "Luzon", Aliases: strings.Fields("manila clark subic corregidor"), Kind: KindMetropolitan, Areas: area | AreaPacific | AreaWestPacific, Where: "in the western Pacific",
			Tenures: []Tenure{
				sovereign("spain", "", "1899-04-11", "B", ""),
				sovereign("united-states", "1899-04-11", "1946-07-04", "B", "occupied by Japan from 1942"),
				sovereign("philippines", "1946-07-04", "", "A", ""),
			},
		},
		{
			ID: "spratly-islands", Name: "Spratly Islands", Aliases: strings.Fields("spratlys thitu"), Kind: KindIsland, Areas: AreaAsia | AreaFarEast, Partly: AreaPacific | AreaSoutheastAsia, Where: "8 degrees north in the South China Sea",
			Tenures: []Tenure{
				claimed("china", "1951-08-15", "", "B", ""),
				claimed("taiwan", "1949-12-08", "", "C", ""),
				claimed("philippines", "1978-06-11", "", "B", "decree 1596; after the treaty of 1951"),
				claimed("vietnam", "1976-07-02", "", "C", ""),
				claimed("malaysia", "1979-12-21", "", "C", ""),
			},
		},
		{
			ID: "second-thomas-shoal", Name: "Second Thomas Shoal", Aliases: strings.Fields("ayungin sierra-madre"), Kind: KindIsland, Areas: AreaAsia | AreaFarEast, Partly: AreaPacific | AreaSoutheastAsia, Where: "10 degrees north in the South China Sea",
			Tenures: []Tenure{administered("philippines", "1999-05-09", "", "C", "by a grounded naval ship"), claimed("china", "", "", "B", "")},
		},
		{
			ID: "scarborough-shoal", Name: "Scarborough Shoal", Aliases: strings.Fields("panatag huangyan"), Kind: KindSea, Areas: AreaAsia | AreaFarEast, Partly: AreaPacific | AreaSoutheastAsia, Where: "15 degrees north in the South China Sea",
			Tenures: []Tenure{claimed("philippines", "", "", "B", ""), claimed("china", "", "", "B", "")},
		},
		{
			ID: "indochina", Name: "French Indochina", Aliases: strings.Fields("tonkin annam cochinchina dien-bien-phu"), Kind: KindOverseas, Areas: area, Where: "on the mainland of Southeast Asia",
			Tenures: []Tenure{administered("france", "1887-10-17", "1954-07-21", "C", "union and protectorates, to the agreements of Geneva")},
		},
	}
}

// placesPacific has the islands of the open ocean.
func placesPacific() []Place {
	const island = AreaOceania | AreaPacific
	const southwest = island | AreaSoutheastAsia
	return []Place{
		{
			ID: "hawaii", Name: "Hawaii", Aliases: strings.Fields("pearl-harbor honolulu oahu"), Kind: KindIsland, Areas: island, Where: "21 degrees north in the Pacific",
			Tenures: []Tenure{sovereign("united-states", "1898-08-12", "", "B", "transfer after the resolution of 1898-07-07; a state of the Union since 1959-08-21")},
		},
		{
			ID: "guam", Name: "Guam", Kind: KindIsland, Areas: island | AreaWestPacific, Partly: AreaSoutheastAsia, Where: "13 degrees north in the western Pacific",
			Tenures: []Tenure{
				sovereign("spain", "", "1899-04-11", "B", ""),
				sovereign("united-states", "1899-04-11", "", "B", ""),
				occupied("japan", "1941-12-10", "1944-08-10", "B", ""),
			},
		},
		{
			ID: "northern-mariana-islands", Name: "Northern Mariana Islands", Aliases: strings.Fields("saipan tinian"), Kind: KindIsland, Areas: island | AreaWestPacific, Partly: AreaSoutheastAsia, Where: "15 degrees north in the western Pacific",
			Tenures: []Tenure{
				administered("japan", "1920-12-17", "1944-07-09", "C", "mandate"),
				administered("united-states", "1947-07-18", "1986-11-04", "B", "trust territory"),
				sovereign("united-states", "1986-11-04", "", "B", "commonwealth"),
			},
		},
		{
			ID: "trust-territory-of-the-pacific", Name: "Trust Territory of the Pacific Islands", Aliases: strings.Fields("kwajalein truk bikini"), Kind: KindIsland, Areas: island | AreaWestPacific, Partly: AreaSoutheastAsia, Where: "9 degrees north in the western Pacific",
			Tenures: []Tenure{administered("united-states", "1947-07-18", "1986-10-21", "B", "the Marshall Islands left first; Palau 1994-10-01")},
		},
		{
			ID: "american-samoa", Name: "American Samoa", Aliases: strings.Fields("pago-pago"), Kind: KindIsland, Areas: southwest, Where: "14 degrees south in the Pacific",
			Tenures: []Tenure{sovereign("united-states", "1900-04-17", "", "B", "cession")},
		},
		{
			ID: "wake-island", Name: "Wake Island", Aliases: strings.Fields("wake"), Kind: KindIsland, Areas: island | AreaWestPacific, Partly: AreaSoutheastAsia, Where: "19 degrees north in the western Pacific",
			Tenures: []Tenure{sovereign("united-states", "1899-01-17", "", "B", ""), occupied("japan", "1941-12-23", "1945-09-04", "B", "")},
		},
		{
			ID: "midway", Name: "Midway", Aliases: strings.Fields("midway-atoll"), Kind: KindIsland, Areas: island, Where: "28 degrees north in the Pacific",
			Tenures: []Tenure{sovereign("united-states", "1867-08-28", "", "B", "")},
		},
		{
			ID: "new-caledonia", Name: "New Caledonia", Aliases: strings.Fields("noumea"), Kind: KindIsland, Areas: southwest | AreaEUOverseas, Where: "21 degrees south in the Pacific",
			Tenures: []Tenure{sovereign("france", "1853-09-24", "", "B", "")},
		},
		{
			ID: "french-polynesia", Name: "French Polynesia", Aliases: strings.Fields("tahiti mururoa"), Kind: KindIsland, Areas: island | AreaEUOverseas, Partly: AreaSoutheastAsia, Where: "17 degrees south in the Pacific",
			Tenures: []Tenure{administered("france", "1842-09-09", "1880-06-29", "C", "protectorate"), sovereign("france", "1880-06-29", "", "B", "")},
		},
		{
			ID: "papua-and-new-guinea", Name: "Papua and New Guinea", Aliases: strings.Fields("papua port-moresby rabaul manus"), Kind: KindIsland, Areas: southwest, Where: "6 degrees south in the Pacific",
			Tenures: []Tenure{
				sovereign("australia", "1906-09-01", "1975-09-16", "C", "Papua; New Guinea by mandate and trust from 1920-12-17"),
				sovereign("papua-new-guinea", "1975-09-16", "", "B", "independence"),
			},
		},
		{
			ID: "norfolk-island", Name: "Norfolk Island", Aliases: strings.Fields("norfolk"), Kind: KindIsland, Areas: southwest, Where: "29 degrees south in the Pacific",
			Tenures: []Tenure{sovereign("australia", "1914-07-01", "", "B", "")},
		},
		{
			ID: "cocos-islands", Name: "Cocos Islands", Aliases: strings.Fields("keeling-islands"), Kind: KindIsland, Areas: AreaAsia, Partly: AreaPacific | AreaSoutheastAsia, Where: "12 degrees south in the Indian Ocean",
			Tenures: []Tenure{sovereign("australia", "1955-11-23", "", "B", "transfer")},
		},
		{
			ID: "christmas-island", Name: "Christmas Island", Kind: KindIsland, Areas: AreaAsia, Partly: AreaPacific | AreaSoutheastAsia, Where: "10 degrees south in the Indian Ocean",
			Tenures: []Tenure{sovereign("australia", "1958-10-01", "", "B", "transfer")},
		},
		{
			ID: "cook-islands", Name: "Cook Islands", Aliases: strings.Fields("rarotonga niue"), Kind: KindIsland, Areas: southwest, Where: "21 degrees south in the Pacific",
			Tenures: []Tenure{sovereign("new-zealand", "1901-06-11", "", "B", "self-governing in free association: Cook Islands 1965-08-04, Niue 1974-10-19")},
		},
		{
			ID: "tokelau", Name: "Tokelau", Kind: KindIsland, Areas: southwest, Where: "9 degrees south in the Pacific",
			Tenures: []Tenure{sovereign("new-zealand", "1949-01-01", "", "B", "administered from 1926")},
		},
	}
}
