// The statement fails; the method goes on where an error method lets it.
$o:=Null
$o.run()
steps:=steps+"after "
return "end"
