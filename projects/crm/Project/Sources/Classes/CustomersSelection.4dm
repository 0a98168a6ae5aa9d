Class extends EntitySelection

exposed Function cities() : Collection
	return This.distinct("city")
