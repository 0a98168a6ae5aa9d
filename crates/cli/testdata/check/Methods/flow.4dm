// Code that never runs, and variables nobody uses.
#DECLARE($way : Integer) : Integer
var $used; $unused; $assigned : Integer //! check/unused-variable
var $initial : Integer:=1
C_TEXT($old) //! check/unused-variable
$assigned:=$used
Case of
	: ($way=1)
		return 1
		$used:=2 //! check/unreachable
	: ($way=2)
		If ($used=1)
			return 3
		Else 
			return 4
		End if 
		$used:=5 //! check/unreachable
End case 
For ($i; 1; 3)
	If ($i=2)
		continue
	End if 
	break
	$used:=6 //! check/unreachable
End for 
While ($used<3)
	return 7
End while 
return 8
