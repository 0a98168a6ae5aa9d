//! ZIP archives: `ZIP Create archive` and `ZIP Read archive` (`docs/commands/zip-create-archive.md`,
//! `docs/API/ZipArchiveClass.md`).

mod archive;
mod create;
mod entry;

pub(super) use archive::read_archive;
pub(super) use create::create_archive;
