otherErrorsSeen:=otherErrorsSeen+1
