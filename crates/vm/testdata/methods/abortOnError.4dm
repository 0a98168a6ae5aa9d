errorsSeen:=errorsSeen+1
ABORT
errorsSeen:=errorsSeen+100
