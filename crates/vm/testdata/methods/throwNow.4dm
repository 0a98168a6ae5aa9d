#DECLARE($code : Integer)
throw($code; "now")
