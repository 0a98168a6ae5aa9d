// language.md 3
DoIt
Begin SQL
  SELECT 1
