// Waits for a signal, and notes that it did.
#DECLARE($signal : Object; $into : Object)
$signal.wait(10)
Use ($into)
	$into.done:=True
End use 
