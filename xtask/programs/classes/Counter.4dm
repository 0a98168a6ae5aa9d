Class constructor
	This.total:=0

Function add($n : Integer)
	This.total:=This.total+$n

Function value() : Integer
	return This.total
