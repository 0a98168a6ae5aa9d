// style; language.md 2.1
IF (true)
  VAR $a : TEXT
  RETURN $a
ELSE
END IF
CASE OF
: (FALSE)
END CASE
REPEAT
UNTIL (TRUE)
FOR EACH ($x; $c)
END FOR EACH
