// Counts in a process variable, and tells what it counted.
#DECLARE($step : Integer; $into : Object; $done : Object)
var calls : Integer
calls:=calls+1
Use ($into.list)
	$into.list.push($step*10+calls)
End use 
If ($done#Null)
	$done.trigger()
End if 
