errorsSeen:=errorsSeen+1
