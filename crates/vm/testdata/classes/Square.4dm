Class extends Shape

Class constructor($side : Real)
	Super("square")
	This.side:=$side
	
Function area() : Real
	return This.side*This.side
	
Function describe() : Text
	return Super.describe()+" of "+This.name
