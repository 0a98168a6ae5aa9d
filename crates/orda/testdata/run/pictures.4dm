// Pictures (docs/commands/theme/Pictures.md).

//# size, dimensions and format of a picture from a Blob
var $blob : Blob
var $picture : Picture
ARRAY TEXT($formats; 0)
BASE64 DECODE("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs="; $blob)
BLOB TO PICTURE($blob; $picture)
PICTURE PROPERTIES($picture; $width; $height)
GET PICTURE FORMATS($picture; $formats)
return [OK; Picture size($picture); BLOB size($blob); $width; $height; Size of array($formats); $formats{1}]
//= [1,35,35,1,1,1,".gif"]

//# what is no picture gives none and OK 0; with a codec of its own it is kept (docs/commands/blob-to-picture.md)
var $blob; $back : Blob
var $picture : Picture
TEXT TO BLOB("anything"; $blob; UTF8 text without length)
BLOB TO PICTURE($blob; $picture)
$first:=[OK; Picture size($picture)]
BLOB TO PICTURE($blob; $picture; ".png")
$first.push(OK)
BLOB TO PICTURE($blob; $picture; ".mine")
$first.push(OK; Picture size($picture))
PICTURE TO BLOB($picture; $back; ".png")
$first.push(OK; BLOB size($back))
PICTURE TO BLOB($picture; $back; ".mine")
$first.push(OK; BLOB to text($back; UTF8 text without length))
return $first
//= [0,0,0,1,8,0,0,1,"anything"]

//# pictures change their format (docs/commands/convert-picture.md)
var $picture; $small : Picture
var $blob : Blob
ARRAY TEXT($formats; 0)
$picture:=redPicture(20; 10)
$all:=[]
For each ($codec; [".jpg"; "image/png"; "BMP"; ".gif"; ".tiff"; ".webp"])
	CONVERT PICTURE($picture; $codec)
	GET PICTURE FORMATS($picture; $formats)
	PICTURE PROPERTIES($picture; $width; $height)
	$all.push($formats{1}+" "+String($width)+"x"+String($height))
End for each
CONVERT PICTURE($picture; ".jpg"; 1)
$best:=Picture size($picture)
CONVERT PICTURE($picture; ".jpg"; 0)
PICTURE TO BLOB($picture; $blob; ".png")
return [$all; Picture size($picture)<$best; $blob{0}; OK]
//= [[".jpg 20x10",".png 20x10",".bmp 20x10",".gif 20x10",".tif 20x10",".webp 20x10"],true,137,1]

//# a codec nobody has is named, with those there are
var $picture : Picture
$picture:=redPicture(1; 1)
CONVERT PICTURE($picture; ".heic")
//! There is no codec ".heic"; there are .jpg, .png, .bmp, .gif, .tif, .webp

//# thumbnails have the size that is asked for, 48 by 48 without one (docs/commands/create-thumbnail.md)
var $picture; $small : Picture
$picture:=redPicture(200; 100)
CREATE THUMBNAIL($picture; $small)
PICTURE PROPERTIES($small; $width; $height)
$all:=[$width; $height]
For each ($mode; [Scaled to fit; Scaled to fit proportional; Scaled to fit prop centered])
	CREATE THUMBNAIL($picture; $small; 20; 30; $mode)
	PICTURE PROPERTIES($small; $width; $height)
	$all.push($width; $height; pixel($small; 0; 0); pixel($small; 10; 15); pixel($small; 0; 29))
End for each
return $all
//= [48,48,20,30,"red","red","red",20,30,"red","other","other",20,30,"other","red","other"]

//# a thumbnail in another mode, or without a side
var $picture; $small : Picture
$picture:=redPicture(2; 2)
$first:=Try(CREATE THUMBNAIL($picture; $small; 2; 2; 1))
$told:=[Last errors[0].message]
$first:=Try(CREATE THUMBNAIL($picture; $small; 0; 2))
$told.push(Last errors[0].message)
return $told
//= ["1 is no mode of CREATE THUMBNAIL: Scaled to fit, Scaled to fit proportional, Scaled to fit prop centered.","The picture would have no pixel left."]

//# pictures are scaled, moved, flipped, cropped (docs/commands/transform-picture.md)
var $picture : Picture
$sizes:=[]
$picture:=redPicture(10; 4)
TRANSFORM PICTURE($picture; Scale; 1.5; 0.5)
PICTURE PROPERTIES($picture; $width; $height)
$sizes.push([$width; $height])
TRANSFORM PICTURE($picture; Translate; 5; 2)
PICTURE PROPERTIES($picture; $width; $height)
$sizes.push([$width; $height; pixel($picture; 0; 0); pixel($picture; 19; 3)])
TRANSFORM PICTURE($picture; Flip horizontally)
$sizes.push([pixel($picture; 0; 3); pixel($picture; 19; 3)])
TRANSFORM PICTURE($picture; Flip vertically)
$sizes.push([pixel($picture; 0; 0); pixel($picture; 0; 3)])
TRANSFORM PICTURE($picture; Crop; 1; 0; 3; 100)
PICTURE PROPERTIES($picture; $width; $height)
$sizes.push([$width; $height])
TRANSFORM PICTURE($picture; Reset)
TRANSFORM PICTURE($picture; Transparency; 0x00FF0000)
$sizes.push(pixel($picture; 0; 0))
$picture:=redPicture(1; 1)
TRANSFORM PICTURE($picture; Fade to grey scale)
$sizes.push(pixel($picture; 0; 0))
return $sizes
//= [[15,2],[20,4,"other","red"],["red","other"],["red","other"],[3,4],"other","other"]

//# a picture can't grow beyond the limit
var $picture : Picture
$picture:=redPicture(10; 10)
TRANSFORM PICTURE($picture; Scale; 1e9; 1e9)
//! The picture would be too large

//# pictures are joined and laid upon each other (docs/commands/combine-pictures.md)
var $red; $blank; $both : Picture
$red:=redPicture(4; 2)
$blank:=redPicture(4; 2)
TRANSFORM PICTURE($blank; Transparency; 0x00FF0000)
$all:=[]
COMBINE PICTURES($both; $blank; Horizontal concatenation; $red)
PICTURE PROPERTIES($both; $width; $height)
$all.push([$width; $height; pixel($both; 0; 0); pixel($both; 4; 0)])
COMBINE PICTURES($both; $red; Vertical concatenation; $blank)
PICTURE PROPERTIES($both; $width; $height)
$all.push([$width; $height; pixel($both; 0; 0); pixel($both; 0; 2)])
COMBINE PICTURES($both; $blank; Superimposition; $red; -1; 1)
PICTURE PROPERTIES($both; $width; $height)
$all.push([$width; $height; pixel($both; 0; 1); pixel($both; 4; 1)])
return $all
//= [[8,2,"other","red"],[4,4,"red","other"],[5,3,"red","other"]]

//# pictures are compared dot by dot (docs/commands/equal-pictures.md)
var $red; $other; $mask : Picture
$red:=redPicture(2; 1)
$other:=redPicture(2; 1)
$equal:=[Equal pictures($red; $other; $mask)]
TRANSFORM PICTURE($other; Fade to grey scale)
$equal.push(Equal pictures($red; $other; $mask))
$equal.push(Equal pictures($red; redPicture(1; 1); $mask); Picture size($mask); OK)
CLEAR VARIABLE($other)
$equal.push(Equal pictures($red; $other; $mask); OK)
return $equal
//= [true,false,false,0,1,false,0]

//# pictures are written in the format of their extension and read again (docs/commands/write-picture-file.md)
var $picture; $read : Picture
ARRAY TEXT($formats; 0)
$picture:=redPicture(3; 2)
WRITE PICTURE FILE("a.jpg"; $picture)
$all:=[OK; Document=(Get 4D folder(Database folder)+"a.jpg"); Is picture file("a.jpg")]
READ PICTURE FILE("a.jpg"; $read)
GET PICTURE FORMATS($read; $formats)
$all.push(OK; $formats{1})
WRITE PICTURE FILE("b.data"; $picture)
$all.push(OK; Test path name("b.data"))
WRITE PICTURE FILE("b.data"; $picture; "image/gif")
READ PICTURE FILE("b.data"; $read)
GET PICTURE FORMATS($read; $formats)
$all.push(OK; $formats{1})
TEXT TO DOCUMENT("c.txt"; "no picture")
READ PICTURE FILE("c.txt"; $read)
$all.push(OK; Picture size($read))
READ PICTURE FILE("c.txt"; $read; *)
$all.push(OK; Picture size($read))
return $all
//= [1,true,true,1,".jpg",0,-43,1,".gif",0,0,1,10]

//# the codecs there are
ARRAY TEXT($codecs; 0)
ARRAY TEXT($names; 0)
PICTURE CODEC LIST($codecs; $names)
$size:=Size of array($codecs)
PICTURE CODEC LIST($codecs; *)
return [$size; $codecs{1}; $names{1}; Size of array($codecs)]
//= [6,".jpg","JPEG",6]

//# an empty picture has no size, and can't be changed
var $picture : Picture
PICTURE PROPERTIES($picture; $width; $height)
$all:=[Picture size($picture); $width; $height]
TRANSFORM PICTURE($picture; Flip horizontally)
//! The picture in argument 1 can't be read
