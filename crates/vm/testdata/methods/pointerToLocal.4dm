var $local : Text:="inside"
ARRAY TEXT($array; 2)
If (Count parameters=0)
	return ->$local
End if 
return ->$array{1}
