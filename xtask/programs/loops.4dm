// integer loops: three nested, with conditions
var $i; $j; $k; $sum : Integer
For ($i; 1; 200)
	For ($j; 1; 200)
		For ($k; 1; 100)
			If (($i+$k)<$j)
				$sum:=$sum+$k
			Else 
				$sum:=$sum-1
			End if 
		End for 
	End for 
End for 
return $sum
