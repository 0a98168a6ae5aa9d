// A red PNG of a size.
#DECLARE($width : Integer; $height : Integer)->$picture : Picture
var $blob : Blob
BASE64 DECODE("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs="; $blob)
BLOB TO PICTURE($blob; $picture)
CONVERT PICTURE($picture; ".png")
TRANSFORM PICTURE($picture; Scale; $width; $height)
