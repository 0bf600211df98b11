//! Files on their way up and down.

use super::{Client, breaks, discreet, polite};
use crate::http::ask;
use std::io::{Read, Write};
use std::net::TcpStream;
use weixin_video_fake_backend::{Fault, Route, Rule};

#[test]
fn a_part_of_another_name_and_a_body_that_is_no_form() {
    breaks(Rule::MultipartMalformed, |client| {
        let path = client.user.upload_path();
        polite(client.user.ask("POST", &path)).multipart(&[("file", "clip.mp4", b"clip")]).send();
    });
    breaks(Rule::MultipartMalformed, |client| {
        let path = client.user.upload_path();
        polite(client.user.ask("POST", &path)).header("Content-Type", "video/mp4").body("clip").send();
    });
}

#[test]
fn a_length_that_is_too_short() {
    breaks(Rule::ContentLengthWrong, |client| {
        let request = String::from_utf8(polite(client.user.open()).bytes()).unwrap();
        let len = request.split("\r\n\r\n").nth(1).unwrap().len();
        let short = request.replace(&format!("Content-Length: {len}"), &format!("Content-Length: {}", len - 3));
        let mut stream = TcpStream::connect(client.backend.url().trim_start_matches("http://")).unwrap();
        stream.write_all(short.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // The bytes beyond the length may reset the connection.
        let _ = stream.read_to_end(&mut answer);
    });
}

#[test]
fn the_same_upload_again() {
    breaks(Rule::UploadRepeated, |client| {
        client.upload();
        client.upload();
    });
}

#[test]
fn an_upload_again_after_it_was_lost_is_sound() {
    let client = Client::of(|builder| builder);
    client.backend.fault(Fault::on(Route::Upload).after_commit().drop_connection());
    polite(client.user.upload("clip.mp4", b"clip")).try_send();
    client.upload();
    assert_eq!(client.broken(), []);
}

#[test]
fn a_file_that_was_never_offered() {
    breaks(Rule::UrlNeverOffered, |client| {
        discreet(ask(&client.backend.cdn_url(), "GET", "/r/guess.mp4")).send();
    });
}

#[test]
fn the_rest_of_whatever_is_there() {
    breaks(Rule::RangeWithoutIfRange, |client| {
        client.rendered("render_1").0.header("Range", "bytes=100-").send();
    });
}

#[test]
fn the_rest_of_another_version() {
    breaks(Rule::VersionsMixed, |client| {
        let (get, url) = client.rendered("render_1");
        get.send();
        client.backend.replace_file(&url, &[7; 1000]).unwrap();
        let (cdn, path) = super::split(&url);
        let head = discreet(ask(&cdn, "HEAD", &path)).send();
        get.header("Range", "bytes=100-").header("If-Range", head.header("etag").unwrap()).send();
    });
}

#[test]
fn the_rest_of_the_same_version_is_sound_and_no_more_of_it_than_came() {
    let client = Client::of(|builder| builder);
    let (get, _) = client.rendered("render_1");
    client.backend.fault(Fault::on(Route::Cdn).cut_at_byte(1000));
    client.backend.fault(Fault::on(Route::Cdn).nth(2).cut_at_byte(500));
    let etag = get.try_send().unwrap().header("etag").unwrap().to_owned();
    let rest =
        |first: u32| get.clone().header("Range", &format!("bytes={first}-")).header("If-Range", &etag).try_send();
    rest(1000);
    assert_eq!(rest(1500).map(|answer| answer.status), Some(206));
    assert_eq!(client.broken(), []);
    get.header("Range", "bytes=1-").header("If-Range", "\"another\"").send();
    assert_eq!(client.broken(), [Rule::VersionsMixed]);
}

#[test]
fn a_chain_without_an_end() {
    breaks(Rule::RedirectsTooMany, |client| {
        let (get, url) = client.rendered("render_1");
        client.backend.fault(Fault::on(Route::Cdn).times(6).header("location", &url).empty(302));
        let statuses: Vec<u16> = (0..7).map(|_| get.send().status).collect();
        assert_eq!(statuses, [302, 302, 302, 302, 302, 302, 200]);
    });
}
