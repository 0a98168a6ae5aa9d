// docs/ORDA/ordaClasses.md
Class extends Entity
Alias bossName boss.lastName
exposed Alias city address.town.city
EXPOSED alias x y
