errorsSeen:=errorsSeen+1
throw(2; "second")
