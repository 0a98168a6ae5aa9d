// docs/commands/begin-sql.md; language.md 3
Begin SQL
  SELECT name FROM t WHERE a = 'it''s' AND b = "open
  INTO :$x;
End SQL
DoIt
