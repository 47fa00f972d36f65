package obligations

import "strings"

// placesSeas has the waters. Nobody holds them; what is attacked there are
// vessels, aircraft and forces.
func placesSeas() []Place {
	return []Place{
		seaArea("pacific-ocean", "Pacific Ocean", "north-pacific", "the open ocean", AreaPacific, AreaWestPacific|AreaSoutheastAsia|AreaRioRegion),
		seaArea("south-china-sea", "South China Sea", "", "between China, Vietnam and the Philippines", AreaFarEast, AreaPacific|AreaSoutheastAsia),
		seaArea("east-china-sea", "East China Sea", "", "west of the Ryukyu Islands", AreaFarEast, AreaPacific),
		seaArea("taiwan-strait", "Taiwan Strait", "formosa-strait", "24 degrees north off China", AreaFarEast, AreaPacific),
		seaArea("tonkin-gulf", "Gulf of Tonkin", "gulf-of-tonkin", "19 to 21 degrees north off Vietnam", AreaFarEast, AreaPacific|AreaSoutheastAsia),
		seaArea("yellow-sea", "Yellow Sea", "", "west of Korea", AreaFarEast, AreaPacific),
		seaArea("sea-of-japan", "Sea of Japan", "east-sea", "between Japan and Korea", AreaFarEast, AreaPacific),
		seaArea("mediterranean-sea", "Mediterranean Sea", "adriatic gulf-of-sidra", "the sea that the Protocol of 1951 names", AreaMediterranean, 0),
		seaArea("aegean-sea", "Aegean Sea", "", "between Greece and Turkey", AreaMediterranean, AreaBalkans),
		seaArea("north-atlantic", "North Atlantic", "atlantic-ocean", "the ocean north of the Tropic of Cancer", AreaNorthAtlantic, AreaEasternAtlantic|AreaRioRegion),
		seaArea("south-atlantic", "South Atlantic", "", "south of the Tropic of Cancer", 0, AreaRioRegion|AreaEasternAtlantic),
		seaArea("caribbean-sea", "Caribbean Sea", "caribbean", "south of the Tropic of Cancer", AreaCaribbean|AreaRioRegion, 0),
		seaArea("gulf-of-mexico", "Gulf of Mexico", "", "on both sides of the Tropic of Cancer", AreaRioRegion, AreaNorthAtlantic),
		seaArea("north-sea", "North Sea", "english-channel", "a part of the North Atlantic", AreaNorthAtlantic|AreaEurope, 0),
		seaArea("baltic-sea", "Baltic Sea", "gulf-of-finland", "an inland sea of Europe", AreaEurope, AreaNorthAtlantic),
		seaArea("black-sea", "Black Sea", "", "an inland sea, not named by the Protocol of 1951", 0, AreaEurope|AreaNorthAtlantic|AreaMediterranean),
		seaArea("red-sea", "Red Sea", "gulf-of-aden bab-el-mandeb", "between Africa and Arabia", AreaMiddleEast, 0),
		seaArea("persian-gulf", "Persian Gulf", "strait-of-hormuz", "between Arabia and Iran", AreaMiddleEast, 0),
		seaArea("indian-ocean", "Indian Ocean", "", "the open ocean", 0, 0),
	}
}

func seaArea(id PlaceID, name, aliases, where string, in, partly Areas) Place {
	return Place{ID: id, Name: name, Aliases: strings.Fields(aliases), Kind: KindSea, Areas: in, Partly: partly, Where: where}
}
