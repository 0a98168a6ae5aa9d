// "red", or "other", for one pixel of a picture.
#DECLARE($picture : Picture; $x : Integer; $y : Integer)->$colour : Text
var $one; $mask : Picture
COMBINE PICTURES($one; $picture; Superimposition; $picture)
TRANSFORM PICTURE($one; Crop; $x; $y; 1; 1)
$colour:=Equal pictures($one; redPicture(1; 1); $mask) ? "red" : "other"
