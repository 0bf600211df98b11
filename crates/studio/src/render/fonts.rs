//! Finds a font to write in, among those that are known to look right.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    error::Error,
    plan::{Font, Script},
};

/// Fonts that may be used, best first.
const KNOWN: [Font; 12] = [
    chinese("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC", 1448),
    chinese("NotoSansCJKsc-Regular.otf", "Noto Sans CJK SC", 1448),
    chinese("NotoSansSC-Regular.otf", "Noto Sans SC", 1448),
    chinese("SourceHanSansSC-Regular.otf", "Source Han Sans SC", 1448),
    chinese("SourceHanSansCN-Regular.otf", "Source Han Sans CN", 1448),
    chinese("wqy-microhei.ttc", "WenQuanYi Micro Hei", 1170),
    chinese("wqy-zenhei.ttc", "WenQuanYi Zen Hei", 1170),
    chinese("msyh.ttc", "Microsoft YaHei", 1320),
    chinese("PingFang.ttc", "PingFang SC", 1400),
    Font { file: "NotoSans-Regular.ttf", family: "Noto Sans", line: 1362, chinese: false },
    Font { file: "DejaVuSans.ttf", family: "DejaVu Sans", line: 1164, chinese: false },
    Font { file: "LiberationSans-Regular.ttf", family: "Liberation Sans", line: 1117, chinese: false },
];

/// How many files and how deep are looked at: a folder of fonts has some thousands.
const MOST_FILES: usize = 50_000;
const DEEPEST: u32 = 6;

/// A font and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) font: Font,
    pub(crate) path: PathBuf,
}

/// The best font for a script on this machine.
///
/// # Errors
/// [`Error::MissingTool`] with the package to install.
pub(crate) fn find(script: Script) -> Result<Found, Error> {
    find_in(&folders(), script).ok_or_else(|| missing(script))
}

/// The best font of those in and below these folders.
fn find_in(folders: &[PathBuf], script: Script) -> Option<Found> {
    let mut best: Option<(usize, PathBuf)> = None;
    let mut left = MOST_FILES;
    for folder in folders {
        walk(folder, DEEPEST, &mut left, &mut |path| {
            let Some(rank) = rank(path, script) else { return };
            if best.as_ref().is_none_or(|(other, _)| rank < *other) {
                best = Some((rank, path.to_owned()));
            }
        });
    }
    best.map(|(rank, path)| Found { font: KNOWN[rank], path })
}

fn rank(path: &Path, script: Script) -> Option<usize> {
    let name = path.file_name()?.to_str()?;
    let enough = |font: &Font| font.chinese || script == Script::Latin;
    KNOWN.iter().position(|font| font.file.eq_ignore_ascii_case(name) && enough(font))
}

fn walk(folder: &Path, depth: u32, left: &mut usize, see: &mut impl FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let path = entry.path();
        // Links to folders are not followed: they may lead in circles.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => walk(&path, depth - 1, left, see),
            Ok(kind) if !kind.is_dir() => see(&path),
            Ok(_) | Err(_) => {}
        }
    }
}

fn folders() -> Vec<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let of_home = |below: &str| home.as_ref().map(|home| home.join(below));
    let system = match env::consts::OS {
        "macos" => vec!["/System/Library/Fonts", "/System/Library/AssetsV2", "/Library/Fonts"],
        "windows" => vec!["C:\\Windows\\Fonts"],
        _ => vec!["/usr/share/fonts", "/usr/local/share/fonts"],
    };
    let own = [of_home(".local/share/fonts"), of_home(".fonts"), of_home("Library/Fonts")];
    system.into_iter().map(PathBuf::from).chain(own.into_iter().flatten()).collect()
}

fn missing(script: Script) -> Error {
    let (tool, package) = match script {
        Script::Chinese => ("a font with Chinese characters", "fonts-noto-cjk"),
        Script::Latin => ("a font", "fonts-dejavu-core"),
    };
    let install = match (env::consts::OS, script) {
        ("macos", Script::Chinese) => "brew install --cask font-noto-sans-cjk-sc".to_owned(),
        ("macos", Script::Latin) => "brew install --cask font-dejavu".to_owned(),
        ("windows", _) => "the language settings of Windows: add Chinese (Simplified) fonts".to_owned(),
        _ => format!("sudo apt-get install {package}"),
    };
    Error::MissingTool { tool, install }
}

const fn chinese(file: &'static str, family: &'static str, line: u32) -> Font {
    Font { file, family, line, chinese: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_font_is_found_wherever_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        assert_eq!(find_in(&folders, Script::Latin), None);
        let deep = folder.path().join("truetype/dejavu");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("DejaVuSans.ttf"), "").unwrap();
        assert_eq!(find_in(&folders, Script::Latin).unwrap().font.family, "DejaVu Sans");
        assert_eq!(find_in(&folders, Script::Chinese), None);
        fs::write(deep.join("wqy-microhei.ttc"), "").unwrap();
        fs::write(folder.path().join("NotoSansCJK-Regular.ttc"), "").unwrap();
        assert_eq!(find_in(&folders, Script::Chinese).unwrap().font.family, "Noto Sans CJK SC");
        assert_eq!(find_in(&folders, Script::Latin).unwrap().font.family, "Noto Sans CJK SC");
    }

    #[test]
    fn a_missing_font_says_what_to_install() {
        let Error::MissingTool { tool, install } = missing(Script::Chinese) else { unreachable!() };
        assert!(tool.contains("Chinese") && !install.is_empty());
    }
}
