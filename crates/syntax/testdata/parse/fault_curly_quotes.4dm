// style: pasted from a word processor
$a:=“text”
DoIt
