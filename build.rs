fn main() {
    napi_build::setup();
    // The addon's thread (src/sys/background.rs) may outlive the last environment that loaded the addon; without this
    // dlclose would take the code away from under it.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
