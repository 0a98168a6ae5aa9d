// language.md 3: empty statements
   
