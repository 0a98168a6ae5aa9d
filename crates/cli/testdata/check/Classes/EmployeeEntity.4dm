Class extends Entity

Function greet($how : Text) : Text
	return $how+This.lastName+This.employr.name //! check/unknown-attribute

exposed Function get full() : Text
	return This.lastName
