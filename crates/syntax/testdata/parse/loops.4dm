// docs/Concepts/cf_looping.md
While ($i<10)
  $i+=1
End while
Repeat
  $i-=1
Until ($i=0)
For ($i; 1; 10)
  break
End for
For ($i; 10; 1; -1)
  continue
End for
