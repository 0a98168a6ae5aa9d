// string building: appending, numbers as texts, pieces
var $text : Text
var $i; $length : Integer
For ($i; 1; 200000)
	$text:=$text+"item "+String($i)+";"
End for 
For ($i; 1; 200000)
	$length:=$length+Length(Substring("a text of some length"; 3; 4))
End for 
return Length($text)+$length
