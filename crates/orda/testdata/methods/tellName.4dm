#DECLARE($into : Object; $done : Object)
Use ($into)
	$into.name:=Current process name
	$into.type:=Process info(Current process).type
	$into.number:=Current process
End use 
$done.trigger()
