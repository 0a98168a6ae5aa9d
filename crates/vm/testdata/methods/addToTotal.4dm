total:=total+1
