// method calls on objects of a class, one of them inherited
var $i : Integer
var $counter : cs.Counter
$counter:=cs.StepCounter.new(2)
For ($i; 1; 500000)
	$counter.add($i)
	$counter.step()
End for 
return $counter.value()
