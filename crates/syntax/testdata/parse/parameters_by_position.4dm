// docs/Concepts/parameters.md
$0:=$1+$2
$a:=${3}
${$i}:=1
For ($i; 1; Count parameters)
  $s+=${$i}
End for
