// docs/Concepts/parameters.md
return
return 1
return $a=1 ? "x" : "y"
return ($a)
return New object:C1471("a"; 1)
Return Null
