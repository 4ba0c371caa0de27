fn main() {
    napi_build::setup();
    // The orphan reaper's thread and waiting threads may outlive the last environment that loaded the
    // addon; without this dlclose would take the code away from under them.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
