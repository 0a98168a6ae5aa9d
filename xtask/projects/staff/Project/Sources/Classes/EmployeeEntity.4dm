Class extends Entity

exposed Function get fullName() : Text
	return This.firstName+" "+This.lastName

exposed Function greet($word : Text) : Text
	return $word+" "+This.firstName
