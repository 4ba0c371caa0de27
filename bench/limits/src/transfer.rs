//! Moving bytes and descriptors between two processes: a pipe, a UNIX socket pair, and SCM_RIGHTS, with nothing on top.

use crate::spawn::{pipe, start_writer, wait};
use crate::{median_us, Options};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

const LARGE_PIPE: i32 = 1 << 20;

/// MB/s of `head -c` through a pipe, thrown away or gathered in one buffer.
pub fn read_pipe(options: &Options, keep: bool) -> f64 {
    let size = options.bytes.to_string();
    let us = median_us(options.budget, 3, || {
        let start = Instant::now();
        let (reader, writer) = pipe();
        // SAFETY: plain fcntl on a live descriptor.
        unsafe { libc::fcntl(reader.as_raw_fd(), libc::F_SETPIPE_SZ, LARGE_PIPE) };
        let pid = start_writer(&["/usr/bin/head", "-c", &size, "/dev/zero"], &writer);
        drop(writer);
        let mut file = File::from(reader);
        let got = if keep {
            let mut all = Vec::new();
            file.read_to_end(&mut all).expect("read")
        } else {
            let mut chunk = vec![0u8; 1 << 18];
            std::iter::from_fn(|| Some(file.read(&mut chunk).expect("read")).filter(|n| *n > 0)).sum()
        };
        assert_eq!(got, options.bytes);
        wait(pid);
        start.elapsed()
    });
    options.bytes as f64 / us
}

/// Runs `child` in a forked process on the other end of a socket pair. This program is small and has one thread, so fork is safe here.
fn with_peer<T>(child: impl FnOnce(UnixStream), parent: impl FnOnce(UnixStream) -> T) -> T {
    let (ours, theirs) = UnixStream::pair().expect("socketpair");
    // SAFETY: single-threaded program; the child leaves by _exit and never returns into the caller.
    match unsafe { libc::fork() } {
        -1 => panic!("fork"),
        0 => {
            drop(ours);
            child(theirs);
            unsafe { libc::_exit(0) }
        }
        pid => {
            drop(theirs);
            let result = parent(ours);
            wait(pid);
            result
        }
    }
}

/// MB/s through a UNIX stream socket in writes of 64 KB.
pub fn socket_stream(options: &Options) -> f64 {
    let total = options.bytes;
    with_peer(
        move |mut socket| {
            let chunk = vec![7u8; 1 << 16];
            let mut left = total;
            while left > 0 {
                let n = left.min(chunk.len());
                socket.write_all(&chunk[..n]).expect("write");
                left -= n;
            }
        },
        |mut socket| {
            let mut chunk = vec![0u8; 1 << 18];
            let start = Instant::now();
            let mut got = 0;
            while got < total {
                got += socket.read(&mut chunk).expect("read");
            }
            got as f64 / start.elapsed().as_secs_f64() / 1e6
        },
    )
}

/// Payloads a second through shared memory: one process copies each into one of some places, the other copies it out into memory of
/// its own; a byte each way says that a place is full, or free again. With as many places as payloads the sender waits for nothing. Every
/// page has been touched before the clock runs, but for a `new` channel.
pub fn shared_memory(options: &Options) -> f64 {
    let (size, count, places, new) = (options.bytes, options.count, options.places, options.new);
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: fresh pages, which the forked peer shares; they stay mapped until the program ends.
    let memory = unsafe { libc::mmap(std::ptr::null_mut(), places * size, protection, flags, -1, 0) }.cast::<u8>();
    assert_ne!(memory.cast(), libc::MAP_FAILED, "mmap");
    // SAFETY: within the mapping. The bytes on the socket make sure that one process at a time uses a place.
    let place = move |turn: usize| unsafe { memory.add(turn % places * size) };
    let before = if new { 0 } else { places };
    with_peer(
        move |mut socket| {
            let mut own = vec![0u8; size];
            let mut full = [0u8; 1];
            for turn in 0..before + count {
                socket.read_exact(&mut full).expect("read");
                // SAFETY: `size` bytes each.
                unsafe { own.as_mut_ptr().copy_from_nonoverlapping(place(turn), size) };
                std::hint::black_box(&own);
                socket.write_all(b"f").expect("write");
            }
        },
        |mut socket| {
            let payload = vec![7u8; size];
            let mut send = |turns: std::ops::Range<usize>| {
                let mut used = 0;
                let mut free = [0u8; 1];
                for turn in turns {
                    if used == places {
                        socket.read_exact(&mut free).expect("read");
                        used -= 1;
                    }
                    // SAFETY: as above.
                    unsafe { place(turn).copy_from_nonoverlapping(payload.as_ptr(), size) };
                    socket.write_all(b"p").expect("write");
                    used += 1;
                }
                for _ in 0..used {
                    socket.read_exact(&mut free).expect("read");
                }
            };
            send(0..before);
            let start = Instant::now();
            send(before..before + count);
            count as f64 / start.elapsed().as_secs_f64()
        },
    )
}

/// Microseconds for 120 bytes there and back.
pub fn round_trip(options: &Options) -> f64 {
    const SIZE: usize = 120;
    const BATCH: u32 = 200;
    with_peer(
        |mut socket| {
            let mut message = [0u8; SIZE];
            while socket.read_exact(&mut message).is_ok() && socket.write_all(&message).is_ok() {}
        },
        |mut socket| {
            let mut message = [7u8; SIZE];
            let us = median_us(options.budget, 7, || {
                let start = Instant::now();
                for _ in 0..BATCH {
                    socket.write_all(&message).expect("write");
                    socket.read_exact(&mut message).expect("read");
                }
                start.elapsed() / BATCH
            });
            drop(socket);
            us
        },
    )
}

/// Descriptors a second sent one by one with SCM_RIGHTS, each acknowledged by one byte, as an ordered hand-over needs.
pub fn pass_descriptors(options: &Options) -> f64 {
    let count = options.count;
    with_peer(
        move |mut socket| {
            for _ in 0..count {
                let fd = receive(&socket);
                // SAFETY: the kernel has just made this descriptor for us.
                drop(unsafe { File::from_raw_fd(fd) });
                socket.write_all(b"k").expect("write");
            }
        },
        |mut socket| {
            let passed = UnixStream::pair().expect("socketpair").0;
            let start = Instant::now();
            let mut acknowledged = [0u8; 1];
            for _ in 0..count {
                send(&socket, passed.as_raw_fd());
                socket.read_exact(&mut acknowledged).expect("read");
            }
            count as f64 / start.elapsed().as_secs_f64()
        },
    )
}

#[repr(align(8))]
struct Control([u8; 64]);

fn message_header(byte: &mut libc::iovec, control: &mut Control) -> libc::msghdr {
    // SAFETY: all-zero is a valid msghdr; the pointers are set to what the caller keeps alive during the call.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = byte;
    header.msg_iovlen = 1;
    header.msg_control = control.0.as_mut_ptr().cast();
    header.msg_controllen = unsafe { libc::CMSG_SPACE(4) } as usize;
    header
}

fn send(socket: &UnixStream, fd: RawFd) {
    let mut data = [b'h'; 120];
    let mut bytes = libc::iovec { iov_base: data.as_mut_ptr().cast(), iov_len: data.len() };
    let mut control = Control([0; 64]);
    let header = message_header(&mut bytes, &mut control);
    // SAFETY: the control buffer has room for one header and one descriptor, as msg_controllen says.
    unsafe {
        let first = libc::CMSG_FIRSTHDR(&header);
        (*first).cmsg_level = libc::SOL_SOCKET;
        (*first).cmsg_type = libc::SCM_RIGHTS;
        (*first).cmsg_len = libc::CMSG_LEN(4) as usize;
        std::ptr::write_unaligned(libc::CMSG_DATA(first).cast::<RawFd>(), fd);
        assert!(libc::sendmsg(socket.as_raw_fd(), &header, 0) > 0, "sendmsg");
    }
}

fn receive(socket: &UnixStream) -> RawFd {
    let mut data = [0u8; 120];
    let mut bytes = libc::iovec { iov_base: data.as_mut_ptr().cast(), iov_len: data.len() };
    let mut control = Control([0; 64]);
    let mut header = message_header(&mut bytes, &mut control);
    // SAFETY: as in `send`; the first header is checked before it is read.
    unsafe {
        assert!(libc::recvmsg(socket.as_raw_fd(), &mut header, 0) > 0, "recvmsg");
        let first = libc::CMSG_FIRSTHDR(&header);
        assert!(!first.is_null(), "a descriptor");
        std::ptr::read_unaligned(libc::CMSG_DATA(first).cast::<RawFd>())
    }
}
