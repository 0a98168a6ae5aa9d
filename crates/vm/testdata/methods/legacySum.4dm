// Adds all its parameters the old way.
C_REAL($0)
C_REAL(${1})
var $i : Integer
$0:=0
For ($i; 1; Count parameters)
	$0:=$0+${$i}
End for 
