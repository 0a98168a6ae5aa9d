Class extends EntitySelection

exposed Function names() : Collection
	return This.extract("lastName")
