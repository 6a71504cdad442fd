#!/bin/sh
# build.sh OUT [IMAGE...]: makes small OCI archives out of programs of this Debian machine, so that
# tests and the quickstart need no registry: OUT/busybox.tar, argosay.tar, debian.tar, python.tar, cowsay.tar.
# Each carries the names that examples use for images of its kind; `argo image load FILE` takes them.
set -eu
out=$1; shift
[ $# -gt 0 ] || set -- busybox argosay debian python cowsay
mkdir -p "$out"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

need() {  # PROGRAM PACKAGE
  command -v "$1" >/dev/null || { echo "build.sh: '$1' is missing: apt-get install $2" >&2; exit 1; }
}

skeleton() {  # ROOT
  mkdir -p "$1/bin" "$1/etc" "$1/tmp" "$1/root" "$1/proc" "$1/sys" "$1/dev" "$1/usr" "$1/var" "$1/run" "$1/home" "$1/mnt" "$1/opt" "$1/srv"
  chmod 1777 "$1/tmp"
  ln -sfn /run "$1/var/run"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\nuser:x:1000:1000::/home:/bin/sh\n' > "$1/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\nuser:x:1000:\nextra:x:2000:user\n' > "$1/etc/group"
}

# A file, and what it links to, under the same name.
add() {  # ROOT FILE...
  root=$1; shift
  for file; do
    [ -e "$file" ] || continue
    real=$(readlink -f "$file")
    for one in "$file" "$real"; do
      where=$(readlink -f "$(dirname "$one")")
      mkdir -p "$root$where"
      place="$root$where/$(basename "$one")"
      [ -e "$place" ] || [ -L "$place" ] || cp -a "$one" "$place"
    done
  done
}

libraries_of() {  # FILE...
  ldd "$@" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sort -u
}

add_programs() {  # ROOT PROGRAM...: with their shared libraries
  root=$1; shift
  found=
  for name; do
    file=$(command -v "$name") || continue
    case $file in /*) ;; *) file=$(command -v "/usr/bin/$name" "/bin/$name" | head -n 1) || continue ;; esac
    add "$root" "$file"
    found="$found $(readlink -f "$file")"
  done
  # shellcheck disable=SC2046,SC2086
  add "$root" $(libraries_of $found)
}

usr_merge() {  # ROOT: /bin, /lib … are links, as on Debian
  for dir in bin sbin lib lib64; do
    mkdir -p "$1/usr/$dir"
    if [ -d "$1/$dir" ] && [ ! -L "$1/$dir" ]; then cp -a "$1/$dir/." "$1/usr/$dir/"; rm -rf "${1:?}/$dir"; fi
    ln -sfn "usr/$dir" "$1/$dir"
  done
}

digest() { sha256sum "$1" | cut -d' ' -f1; }

pack() {  # NAME ROOT CONFIG-JSON REFERENCE...
  name=$1; root=$2; config=$3; shift 3
  layout=$work/$name.layout; mkdir -p "$layout/blobs/sha256"
  tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf "$work/layer.tar" .
  diff=$(digest "$work/layer.tar"); gzip -1 -n "$work/layer.tar"
  layer=$(digest "$work/layer.tar.gz"); layer_size=$(stat -c %s "$work/layer.tar.gz")
  mv "$work/layer.tar.gz" "$layout/blobs/sha256/$layer"
  architecture=$(dpkg --print-architecture)
  printf '{"architecture":"%s","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$architecture" "$config" "$diff" > "$work/config"
  image=$(digest "$work/config"); image_size=$(stat -c %s "$work/config"); mv "$work/config" "$layout/blobs/sha256/$image"
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:%s","size":%s}]}' \
    "$image" "$image_size" "$layer" "$layer_size" > "$work/manifest"
  manifest=$(digest "$work/manifest"); manifest_size=$(stat -c %s "$work/manifest"); mv "$work/manifest" "$layout/blobs/sha256/$manifest"
  entries=
  for reference; do
    entries="$entries${entries:+,}$(printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"%s"}}' "$manifest" "$manifest_size" "$reference")"
  done
  printf '{"schemaVersion":2,"manifests":[%s]}' "$entries" > "$layout/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}' > "$layout/oci-layout"
  tar -C "$layout" -cf "$out/$name.tar" .
  echo "$out/$name.tar"
}

path_env='"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'

build_busybox() {
  need busybox busybox-static
  root=$work/busybox; skeleton "$root"
  cp "$(command -v busybox)" "$root/bin/busybox"
  "$root/bin/busybox" --list | while read -r applet; do [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"; done
  pack busybox "$root" "{\"Env\":[$path_env],\"Cmd\":[\"sh\"]}" busybox:latest busybox:1.36 alpine:latest alpine:3.23
}

core="sh bash dash cat ls cp mv rm mkdir rmdir ln chmod chown touch echo printf env true false sleep date sort uniq head tail cut tr wc tee seq expr basename dirname test grep sed awk mawk find xargs tar gzip gunzip id whoami pwd uname hostname stat du df md5sum sha256sum shuf mktemp timeout nproc base64"

# Argo's image for its own tests: says, reads, sleeps or ends as it is told.
build_argosay() {
  need busybox busybox-static
  root=$work/argosay; skeleton "$root"
  cp "$(command -v busybox)" "$root/bin/busybox"
  "$root/bin/busybox" --list | while read -r applet; do [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"; done
  cat > "$root/bin/argosay" <<'SCRIPT'
#!/bin/sh
verb=${1:-echo}; [ $# -eq 0 ] || shift
case $verb in
  echo)
    text=${1-hello argo}
    if [ $# -gt 1 ]; then mkdir -p "$(dirname "$2")" && printf '%s' "$text" > "$2"; else echo "$text"; fi ;;
  cat) cat "$@" ;;
  sleep) sleep "${1%s}" ;;
  exit) exit "$1" ;;
  assert_contains) grep -qF -- "$2" "$1" ;;
  *) echo "argosay: unknown verb '$verb'" >&2; exit 1 ;;
esac
SCRIPT
  chmod 755 "$root/bin/argosay"
  ln -s bin/argosay "$root/argosay"
  pack argosay "$root" "{\"Env\":[$path_env],\"Entrypoint\":[\"argosay\"]}" argoproj/argosay:v2 argoproj/argosay:v1
}

build_debian() {
  root=$work/debian; skeleton "$root"; usr_merge "$root"
  # shellcheck disable=SC2086
  add_programs "$root" $core
  pack debian "$root" "{\"Env\":[$path_env],\"Cmd\":[\"bash\"]}" debian:latest debian:12 debian:12-slim ubuntu:latest
}

build_python() {
  [ -x /usr/bin/python3 ] || need /usr/bin/python3 python3-minimal
  root=$work/python; skeleton "$root"; usr_merge "$root"
  # shellcheck disable=SC2086
  add_programs "$root" $core /usr/bin/python3
  real=$(readlink -f /usr/bin/python3); version=${real##*/}
  for dir in "/usr/lib/$version"; do
    mkdir -p "$root$dir"
    tar -C "$dir" --exclude=__pycache__ --exclude=test --exclude='config-*' --exclude=idlelib --exclude=tkinter -cf - . | tar -C "$root$dir" -xf -
  done
  # shellcheck disable=SC2046
  add "$root" $(libraries_of "$root/usr/lib/$version/lib-dynload"/*.so)
  ln -sfn "$version" "$root/usr/bin/python3"; ln -sfn python3 "$root/usr/bin/python"
  pack python "$root" "{\"Env\":[$path_env],\"Cmd\":[\"python3\"]}" python:latest python:3 python:3.11 python:alpine3.6 python:alpine3.23
}

build_cowsay() {
  LIST=$work/modules; export LIST
  [ -x /usr/games/cowsay ] || need /usr/games/cowsay cowsay
  need perl perl-base
  root=$work/cowsay; skeleton "$root"; usr_merge "$root"
  # shellcheck disable=SC2086
  add_programs "$root" $core perl
  # The modules that it really loads, with what those load.
  perl -e 'our @files; END { open my $list, ">", $ENV{LIST}; print $list "$_\n" for (grep { defined && m{^/} } values %INC), @DynaLoader::dl_shared_objects }
           @ARGV = ("x"); do "/usr/games/cowsay"' < /dev/null > /dev/null 2>&1 || true
  while read -r file; do add "$root" "$file"; done < "$LIST"
  for dir in $(perl -e 'print "@INC"'); do
    [ -L "$dir" ] && mkdir -p "$root$(dirname "$dir")" && ln -sfn "$(readlink "$dir")" "$root$dir"
  done
  for dir in /usr/lib/*-linux-gnu/perl-base; do mkdir -p "$root$dir"; cp -a "$dir/." "$root$dir/"; done
  # shellcheck disable=SC2046
  add "$root" $(libraries_of $(grep '\.so$' "$LIST"))
  mkdir -p "$root/usr/games" "$root/usr/share/cowsay" "$root/usr/local/bin"
  cp -a /usr/games/cowsay "$root/usr/games/"; cp -a /usr/share/cowsay/. "$root/usr/share/cowsay/"
  ln -s /usr/games/cowsay "$root/usr/local/bin/cowsay"
  pack cowsay "$root" "{\"Env\":[$path_env],\"Cmd\":[\"cowsay\"]}" docker/whalesay:latest rancher/cowsay:latest
}

for image; do "build_$image"; done
