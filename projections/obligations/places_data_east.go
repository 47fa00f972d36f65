package obligations

import "strings"

// placesEasternEurope has the lands between Germany and Russia, and the Balkans.
func placesEasternEurope() []Place {
	return []Place{
		{
			ID: "danzig", Name: "Danzig", Aliases: strings.Fields("gdansk westerplatte"),
			Kind: KindOccupied, Areas: AreaEurope, Where: "in Europe, a free city from 1920-11-15 to 1939-09-01",
			Tenures: []Tenure{
				sovereign("germany", "", "1920-01-10", "B", "Versailles Art. 100; then under the Allies and the League"),
				occupied("germany", "1939-09-01", "1945-03-30", "B", "annexed by German law"),
				administered("poland", "1945-08-02", "1990-11-14", "B", "Potsdam"),
				sovereign("poland", "1990-11-14", "", "B", "border treaty"),
			},
		},
		{
			ID: "polish-eastern-frontier", Name: "Eastern frontier of Poland", Aliases: strings.Fields("vilna wilno volhynia eastern-poland kresy"),
			Kind: KindMetropolitan, Areas: AreaEurope, Where: "in Europe, the frontier of Poland with Soviet Russia of 1921",
			Tenures: []Tenure{
				sovereign("poland", "1921-03-18", "1939-09-28", "B", "peace of Riga to the partition"),
				occupied("soviet-union", "1939-09-17", "1941-06-22", "B", "invasion"),
			},
		},
		{
			ID: "bessarabia", Name: "Bessarabia", Aliases: strings.Fields("chisinau dniester"),
			Kind: KindMetropolitan, Areas: AreaEurope, Where: "in Europe, the frontier of Romania with Soviet Russia",
			Tenures: []Tenure{
				sovereign("russia", "1878-07-13", "1918-04-09", "C", "all of it, treaty of Berlin"),
				sovereign("romania", "1918-04-09", "1940-06-28", "B", "union, to the Soviet ultimatum"),
				claimed("soviet-union", "1922-12-30", "1940-06-28", "B", "never gave up Russia's claim"),
			},
		},
		{
			ID: "kaliningrad", Name: "Kaliningrad", Aliases: strings.Fields("konigsberg east-prussia"),
			Kind: KindMetropolitan, Areas: AreaEurope, Where: "in Europe, on the Baltic",
			Tenures: []Tenure{
				sovereign("germany", "", "1945-08-02", "C", "to Potsdam"),
				sovereign("soviet-union", "1945-08-02", "1991-12-25", "C", ""),
				sovereign("russia", "1991-12-25", "", "B", ""),
			},
		},
		{
			ID: "kursk", Name: "Kursk", Aliases: strings.Fields("belgorod"), Kind: KindMetropolitan, Areas: AreaEurope, Where: "in European Russia",
			Tenures: []Tenure{
				sovereign("russia", "", "1922-12-30", "B", ""),
				sovereign("soviet-union", "1922-12-30", "1991-12-25", "B", ""),
				sovereign("russia", "1991-12-25", "", "B", "parts of it held by Ukraine from 2024-08-06"),
			},
		},
		{
			ID: "galicia", Name: "Galicia", Aliases: strings.Fields("lemberg lviv przemysl"),
			Kind: KindMetropolitan, Areas: AreaEurope, Where: "in the north-east of Austria-Hungary, on the border of Russia",
			Tenures: []Tenure{sovereign("austria-hungary", "1867-06-08", "1918-11-01", "C", "from the compromise; Austrian since 1772")},
		},
		{
			ID: "bukovina", Name: "Bukovina", Aliases: strings.Fields("czernowitz"),
			Kind: KindMetropolitan, Areas: AreaEurope | AreaRomanianBorder, Where: "in the east of Austria-Hungary, on the border of Romania",
			Tenures: []Tenure{
				sovereign("austria-hungary", "1867-06-08", "1918-11-28", "C", "Austrian since 1775"),
				sovereign("romania", "1918-11-28", "1940-06-28", "C", "all of it"),
			},
		},
		{
			ID: "transylvania", Name: "Transylvania", Aliases: strings.Fields("banat brasov"),
			Kind: KindMetropolitan, Areas: AreaEurope | AreaRomanianBorder, Where: "in the south-east of Austria-Hungary, on the border of Romania",
			Tenures: []Tenure{
				sovereign("austria-hungary", "1867-06-08", "1918-12-01", "C", ""),
				sovereign("romania", "1918-12-01", "", "C", "the north Hungarian from 1940-08-30 to the armistice"),
			},
		},
		{
			ID: "bosnia", Name: "Bosnia", Aliases: strings.Fields("sarajevo herzegovina"),
			Kind: KindMetropolitan, Areas: AreaEurope | AreaBalkans, Where: "in the Balkans, not on the border of Romania",
			Tenures: []Tenure{
				sovereign("ottoman-empire", "", "1908-10-06", "B", ""),
				occupied("austria-hungary", "1878-07-29", "1908-10-06", "B", "treaty of Berlin Art. XXV"),
				sovereign("austria-hungary", "1908-10-06", "1918-12-01", "B", "annexation"),
				sovereign("yugoslavia", "1918-12-01", "1992-04-06", "C", ""),
				sovereign("bosnia-and-herzegovina", "1992-04-06", "", "C", "recognition"),
			},
		},
		{
			ID: "belgrade", Name: "Belgrade", Kind: KindMetropolitan, Areas: AreaEurope | AreaBalkans, Where: "in the Balkans, on the Danube",
			Tenures: []Tenure{
				sovereign("serbia", "1878-07-13", "1918-12-01", "B", "independence, treaty of Berlin"),
				sovereign("yugoslavia", "1918-12-01", "2006-06-05", "C", "with Montenegro at the end"),
				sovereign("serbia", "2006-06-05", "", "C", ""),
			},
		},
	}
}

// placesBlackSea has the ground around the Black Sea and in the Caucasus.
func placesBlackSea() []Place {
	return []Place{
		{
			ID: "anatolia", Name: "Anatolia", Aliases: strings.Fields("akcakale suruc incirlik kars ankara asia-minor"),
			Kind: KindMetropolitan, Areas: AreaMiddleEast, Partly: AreaMediterranean, Where: "in Asia",
			Tenures: []Tenure{
				sovereign("ottoman-empire", "", "1922-11-01", "B", ""),
				sovereign("turkey", "1923-10-29", "", "B", "held by its government before"),
			},
		},
		{
			ID: "crimea", Name: "Crimea", Aliases: strings.Fields("sevastopol"), Kind: KindOccupied, Areas: AreaEurope, Where: "in Europe, on the Black Sea",
			Tenures: []Tenure{
				sovereign("russia", "1783-04-19", "1922-12-30", "B", ""),
				sovereign("soviet-union", "1922-12-30", "1991-12-25", "B", "to the Ukrainian republic 1954-02-19"),
				sovereign("ukraine", "1991-12-25", "", "B", "independence declared 1991-08-24; General Assembly 68/262"),
				occupied("russia", "2014-02-27", "", "B", ""),
			},
		},
		{
			ID: "donbas", Name: "Donbas", Aliases: strings.Fields("donetsk luhansk"), Kind: KindOccupied, Areas: AreaEurope, Where: "in Europe",
			Tenures: []Tenure{
				sovereign("soviet-union", "1922-12-30", "1991-12-25", "B", ""),
				sovereign("ukraine", "1991-12-25", "", "B", "parts of it out of its control from 2014-04"),
				claimed("russia", "2022-09-30", "", "B", "declared annexed"),
			},
		},
		{
			ID: "transnistria", Name: "Transnistria", Aliases: strings.Fields("tiraspol"), Kind: KindOccupied, Areas: AreaEurope, Where: "in Europe",
			Tenures: []Tenure{sovereign("moldova", "1991-12-25", "", "B", "out of its control since 1992")},
		},
		{
			ID: "abkhazia-territory", Name: "Abkhazia", Aliases: strings.Fields("sukhumi"), Kind: KindOccupied, Partly: AreaEurope | AreaAsia, Where: "south of the Caucasus",
			Tenures: []Tenure{
				sovereign("georgia", "1991-12-25", "", "B", ""),
				administered("abkhazia", "1993-09-30", "", "C", "control; recognised by Russia 2008-08-26"),
			},
		},
		{
			ID: "south-ossetia-territory", Name: "South Ossetia", Aliases: strings.Fields("tskhinvali"), Kind: KindOccupied, Partly: AreaEurope | AreaAsia, Where: "south of the Caucasus",
			Tenures: []Tenure{
				sovereign("georgia", "1991-12-25", "", "B", ""),
				administered("south-ossetia", "2008-08-26", "", "C", "recognised by Russia; control of parts since 1992"),
			},
		},
		{
			ID: "nagorno-karabakh", Name: "Nagorno-Karabakh", Aliases: strings.Fields("karabakh artsakh stepanakert"),
			Kind: KindOccupied, Partly: AreaEurope | AreaAsia, Where: "south of the Caucasus",
			Tenures: []Tenure{
				sovereign("azerbaijan", "1991-12-25", "", "B", "Security Council resolutions of 1993"),
				occupied("armenia", "1994-05-12", "2023-09-20", "C", "control by Armenian forces of the place itself"),
			},
		},
		{
			ID: "syunik", Name: "Syunik and Gegharkunik", Aliases: strings.Fields("gegharkunik jermuk"), Kind: KindMetropolitan, Partly: AreaEurope | AreaAsia,
			Where:   "south of the Caucasus, on the border of Azerbaijan",
			Tenures: []Tenure{sovereign("armenia", "1991-12-25", "", "B", "")},
		},
	}
}

// placesMiddleEast has the ground that Israel and its neighbours fought over.
func placesMiddleEast() []Place {
	return []Place{
		{
			ID: "sinai", Name: "Sinai", Kind: KindOccupied, Areas: AreaMiddleEast, Partly: AreaMediterranean, Where: "between Egypt and Israel",
			Tenures: []Tenure{
				sovereign("egypt", "1922-02-28", "", "B", ""),
				occupied("israel", "1967-06-08", "1982-04-25", "B", "the first occupation was 1956-10-29 to 1957-03"),
			},
		},
		{
			ID: "gaza-strip", Name: "Gaza Strip", Aliases: strings.Fields("gaza"), Kind: KindOccupied, Areas: AreaMiddleEast | AreaMediterranean, Where: "on the coast of Palestine",
			Tenures: []Tenure{
				administered("egypt", "1949-02-24", "1967-06-07", "B", "armistice"),
				occupied("israel", "1967-06-07", "2005-09-12", "C", "whether it goes on is disputed"),
			},
		},
		{
			ID: "west-bank", Name: "West Bank", Aliases: strings.Fields("east-jerusalem hebron"), Kind: KindOccupied, Areas: AreaMiddleEast, Where: "west of the Jordan",
			Tenures: []Tenure{
				administered("jordan", "1950-04-24", "1967-06-07", "B", "union, recognised by few"),
				occupied("israel", "1967-06-07", "", "B", ""),
				claimed("jordan", "1967-06-07", "1988-07-31", "B", ""),
			},
		},
		{
			ID: "golan-heights", Name: "Golan Heights", Aliases: strings.Fields("golan"), Kind: KindOccupied, Areas: AreaMiddleEast, Where: "between Syria and Israel",
			Tenures: []Tenure{
				sovereign("syria", "1946-04-17", "", "B", "Security Council resolution 497"),
				occupied("israel", "1967-06-10", "", "B", "annexed by its law 1981-12-14"),
			},
		},
		{
			ID: "idlib", Name: "Idlib", Kind: KindMetropolitan, Areas: AreaMiddleEast, Where: "in Syria",
			Tenures: []Tenure{sovereign("syria", "1946-04-17", "", "B", "")},
		},
		{
			ID: "suez-canal", Name: "Suez Canal", Aliases: strings.Fields("port-said suez"), Kind: KindMetropolitan, Areas: AreaMiddleEast,
			Partly: AreaMediterranean, Where: "in Egypt",
			Tenures: []Tenure{sovereign("egypt", "1922-02-28", "", "B", "a British base to 1956-06-13")},
		},
		{
			ID: "al-udeid", Name: "Al Udeid", Aliases: strings.Fields("doha"), Kind: KindMetropolitan, Areas: AreaMiddleEast, Where: "in Qatar",
			Tenures: []Tenure{sovereign("qatar", "1971-09-03", "", "B", "independence")},
		},
	}
}
