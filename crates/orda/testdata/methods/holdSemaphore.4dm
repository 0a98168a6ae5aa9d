#DECLARE($name : Text; $held : Object; $letGo : Object)
Semaphore($name)
$held.trigger()
$letGo.wait(10)
