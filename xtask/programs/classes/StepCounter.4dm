Class extends Counter

Class constructor($by : Integer)
	Super()
	This.by:=$by

Function step()
	This.total:=This.total+This.by
