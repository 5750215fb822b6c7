#!/usr/bin/env python3
"""Lists the messages that QEMU and libvirt print around a migration, a load or a save, from their sources.

usage: messages.py SOURCE...        a SOURCE is NAME-VERSION=FOLDER, such as qemu-11.1=src/qemu-11.1 or libvirt-11.3=src/lib
       writes a TSV: program, first and last version that was looked at, side, kind, file, function, message, and why it
       is no message of a load, save or migration that people meet (empty: it is one)

A message is the format of a call that reports (error_report, error_setg, virReportError, …) in code that saving or loading
can reach: all of migration/, and elsewhere the hooks of vmstates, of save handlers and of virtio devices with what
they call, migration blockers, sockets, TLS and locks. Conversions are spelled %s %d %u %x, as the catalogue does.
"""
import os, re, sys

CONVERSION = re.compile(r"%(?:\d+\$)?[-+ #0']*(?:\*|\d+)?(?:\.(?:\*|\d+)?)?(?:hh|h|ll|l|z|j|t|q)?([a-zA-Z%])")
KIND = {"d": "%d", "i": "%d", "u": "%u", "x": "%x", "X": "%x", "%": "%%"}
# Macros that hold a conversion or words of a format.
MACROS = [(re.compile(r"^(TARGET_FMT_plx|TARGET_FMT_lx|TARGET_PRIxPHYS|RAM_ADDR_FMT|BITS|VADDR_PRIx)$"), "%x"),
          (re.compile(r"^TARGET_FMT_ld$"), "%d"), (re.compile(r"^TARGET_FMT_lu$"), "%u"),
          (re.compile(r"^(PRI[xX]\w*|HWADDR_PRI[xX]|VADDR_PRIx|HVF_PRIx)$"), "x"),
          (re.compile(r"^(PRId\w*|PRIi\w*|HWADDR_PRId|VADDR_PRId)$"), "d"), (re.compile(r"^(PRIu\w*|HWADDR_PRIu|VADDR_PRIu)$"), "u"),
          (re.compile(r"^VFIO_MSG_PREFIX$"), "vfio %s: "), (re.compile(r"^VIRTIO_FEATURES_FMT$"), "%x")]

# Reporting functions: the number of the argument that is the format, and the kind.
QEMU = {"error_report": (0, "error"), "error_report_once": (0, "error"), "error_setg": (1, "error"), "error_setg_errno": (2, "errno"),
        "error_setg_file_open": (2, "errno"), "error_set": (2, "error"), "error_prepend": (1, "prefix"), "error_reportf_err": (1, "prefix"),
        "error_propagate_prepend": (2, "prefix"), "virtio_error": (1, "error"), "hw_error": (0, "error"), "error_printf": (0, "error"),
        "error_propagate_prepend_": (2, "prefix"), "warn_report": (0, "warning"), "warn_report_once": (0, "warning"),
        "warn_reportf_err": (1, "prefix"), "migrate_add_blocker_reason": (0, "error"), "vhost_error": (0, "error")}
LIBVIRT = {"virReportError": (1, "error"), "virReportSystemError": (1, "errno"), "VIR_ERROR": (0, "error"), "VIR_WARN": (0, "warning"),
           "virReportInvalidArg": (1, "error"), "virDomainObjTaintMsg": (3, "warning"), "virReportUnsupportedError": (9, "error")}

HOOKS = re.compile(r"\.\s*(pre_load|post_load|pre_load_errp|post_load_errp|get|load|load_state|load_setup|load_cleanup|switchover_start"
                   r"|load_state_buffer|needed|dev_post_load|resume_prepare|load_element)\s*=\s*&?(\w+)")
SAVE_HOOKS = re.compile(r"\.\s*(pre_save|pre_save_errp|post_save|put|save|save_state|save_setup|save_cleanup|save_live_iterate|save_prepare"
                        r"|save_live_complete_precopy|save_complete|save_query_pending|state_pending_exact|state_pending_estimate|save_postcopy_prepare"
                        r"|is_active|is_active_iterate|has_postcopy)\s*=\s*&?(\w+)")
ASSIGNED = re.compile(r"->\s*(load|post_load|load_config|load_queue|load_done|load_extra_state|load_device_endian|vmstate_load)\s*=\s*(\w+)")
VALIDATE = re.compile(r"VMSTATE_VALIDATE\s*\(\s*\"([^\"]*)\"")

# Code that loading reaches in other files.
REACHED = {"hw/virtio/virtio.c": ["virtio_load", "virtio_set_features_nocheck", "virtio_set_features", "virtio_save"],
           "hw/pci/pci.c": ["pci_device_load"], "hw/virtio/vhost.c": None, "hw/virtio/vhost-user.c": None, "hw/net/vhost_net.c": None,
           "hw/virtio/vhost-backend.c": None, "hw/virtio/vhost-shadow-virtqueue.c": None,
           "target/i386/kvm/kvm.c": ["kvm_arch_put_registers", "kvm_arch_init_vcpu", "kvm_put_msrs", "kvm_put_nested_state", "kvm_arch_set_tsc_khz"],
           "target/i386/kvm.c": ["kvm_arch_put_registers", "kvm_arch_init_vcpu"], "accel/kvm/kvm-all.c": ["do_kvm_cpu_synchronize_post_init", "kvm_cpu_synchronize_post_reset",
           "do_kvm_cpu_synchronize_post_reset"], "hw/vfio/migration.c": None, "hw/vfio/migration-multifd.c": None, "hw/core/machine.c": None,
           "block/file-posix.c": ["raw_check_lock_bytes", "raw_apply_lock_bytes", "raw_check_perm", "raw_handle_perm_lock"],
           "util/qemu-sockets.c": None, "io/channel-socket.c": None, "io/channel-tls.c": None, "io/channel-file.c": None, "io/channel-command.c": None, "io/channel.c": None,
           "crypto/tlssession.c": None, "crypto/tlscredsx509.c": None, "crypto/tlscreds.c": None, "block/snapshot.c": None, "block/dirty-bitmap.c": None,
           "softmmu/runstate.c": None, "system/runstate.c": None, "system/memory_mapping.c": [], "hw/core/qdev.c": ["device_set_realized"], "hw/core/loader.c": ["rom_add_file"], "stubs/migr-blocker.c": None,
           "block/qcow2.c": ["qcow2_co_invalidate_cache"], "block.c": ["bdrv_activate", "bdrv_co_invalidate_cache", "bdrv_inactivate_all", "bdrv_inactivate_recurse"],
           "system/physmem.c": ["qemu_ram_resize"], "softmmu/physmem.c": ["qemu_ram_resize"], "exec.c": ["qemu_ram_resize"], "target/i386/cpu.c": ["x86_cpu_filter_features", "x86_cpu_realizefn", "mark_unavailable_features"]}
SKIPPED = re.compile(r"(^|/)(tests?|roms|docs|scripts|contrib|linux-headers|linux-user|bsd-user|qga|storage-daemon|subprojects|pc-bios|capstone|dtc|slirp|meson)/")
# Of libvirt: whole files; and of others the functions whose names say that they save, restore or migrate.
LIBVIRT_FILES = ["qemu/qemu_migration.c", "qemu/qemu_migration_cookie.c", "qemu/qemu_migration_params.c", "qemu/qemu_saveimage.c", "qemu/qemu_snapshot.c",
                 "libvirt-domain.c", "hypervisor/domain_job.c", "qemu/qemu_domainjob.c", "locking/lock_driver_sanlock.c", "locking/lock_daemon.c"]
LIBVIRT_PARTS = {"qemu/qemu_driver.c": r"Save|Restore|Migrat|Snapshot|Managed", "qemu/qemu_domain.c": r"ABI|Migrat|Cookie|SaveCookie|DefFormat|CheckABI", "qemu/qemu_process.c": r"Incoming|Migrat|ReportLog|CPU|Verify|Monitor|Finish|Launch|Wait|Stop|Lock|Reconnect",
                 "conf/domain_conf.c": r"ABI|Compat", "conf/cpu_conf.c": r"Stab|IsEqual", "cpu/cpu.c": r"Compare|CheckFeature|Guest|Update", "cpu/cpu_x86.c": r"ompare|UpdateLive|Guest",
                 "conf/snapshot_conf.c": r".", "conf/virsavecookie.c": r".", "qemu/qemu_tpm.c": r".", "qemu/qemu_monitor_json.c": r"Migr|CheckError|Save|Event", "qemu/qemu_monitor.c": r"Migr|IO|Open|Send|Error|FD", "qemu/qemu_validate.c": r"Machine|CPU", "qemu/qemu_capabilities.c": r"Machine",
                 "qemu/qemu_hotplug.c": r"$^", "qemu/qemu_block.c": r"$^", "rpc/virnetclient.c": r".", "rpc/virnetsocket.c": r".", "rpc/virnettlscontext.c": r".", "rpc/virkeepalive.c": r".", "util/iohelper.c": r".", "util/virprocess.c": r"$^", "util/virfile.c": r"Wrapper|DirectFd|Iohelper|Sync|Rewrite",
                 "util/virnettlscontext.c": ".", "conf/domain_postparse.c": r"$^"}


# What the lists above bring along: FILE:FUNCTION or the message, and why nobody meets it with a failed migration.
EXCLUDED = [
    (r"^hw/core/machine\.c:", "the command line of a machine is refused, before any migration"),
    (r"^hw/core/(qdev|loader)\.c:", "a device or ROM is refused when it is made"),
    (r"^locking/lock_daemon\.c:", "virtlockd's own start and restart"), (r"PostExecRestart|PreExecRestart", "a daemon of libvirt restarts itself"),
    (r"^block/(sheepdog|rbd|iscsi|mirror|replication|dirty-bitmap|qcow2-refcount|export/.*|monitor/.*)(\.c)?:", "block jobs and images, without a migration"),
    (r"^block/file-posix\.c:raw_co_zone|^block/qcow2\.c:qcow2_(co_truncate|downgrade|upgrade)|^block/snapshot\.c:bdrv_snapshot_load_tmp", "block jobs and images, without a migration"),
    (r"^block\.c:bdrv_backing_attach|^blockdev\.c:internal_snapshot_abort", "block jobs and images, without a migration"),
    (r"^(system|softmmu)/(runstate|physmem|cpus|dirtylimit|vl)\.c:", "the run of a machine, without a migration"),
    (r"^replay/", "record and replay"), (r"put_unused", "only a mistake in QEMU's source prints it"),
    (r"must be supplied$|fd must be valid|unexpected code path|with NULL current|^domainsnapshot$|requires a connection handle|not supported for embedded drivers", "only a mistake in libvirt's source prints it"),
    (r"^conf/domain_conf\.c:virDomainDef(AddConsole|CompatibleDevice)", "a device is attached, without a migration"),
    (r"^qemu/qemu_capabilities\.c:", "libvirt's cache of capabilities"), (r"^dump/", "dump-guest-memory"),
    (r"^migration/dirtyrate\.c:", "a measurement, no migration"), (r"^migration/ram\.c:ram_debug", "debugging of QEMU"),
    (r"^hw/(i386/pc_sysfw|i386/intel_iommu|acpi/ghes|arm/allwinner-a10|ide/ahci|remote/vfio-user-obj|arm/smmuv3-accel|hyperv/vmbus|i386/kvm/xen_xenstore|i386/xen/xen-hvm|scsi/scsi-disk)\.c:(?!ahci_(state|cond)).*", "a device at work, without a migration"),
    (r"^target/i386/sev\.c:sev_es_find", "the start of a machine"), (r"^Record/replay", "record and replay"), (r"^%s$|^%s failed$|^%s: read\(\) failed$|^0x%x : %s$", "says nothing by itself"),
    (r"^ui/vdagent\.c:vdagent_send_msg", "a device at work, without a migration"), (r"^qemu/qemu_monitor\.c:qemuMonitorBlockIOStatus", "libvirt's own events"),
]


def excluded(file, function, message):
    for pattern, reason in EXCLUDED:
        if re.search(pattern, f"{file}:{function}") or re.search(pattern, message): return reason
    return ""


def pieces(text):
    """The text without comments, and for each line of code whether it is in a string: here only comments are taken off."""
    def blank(m):
        s = m.group(0)
        return s if s[0] in "\"'" else re.sub(r"[^\n]", " ", s)
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)


FUNCTION = re.compile(r"^(?!static const|const|struct|enum|union|typedef|#)([A-Za-z_][^\n;={}]*?(?:\n[^\n;={}#]*?){0,8}?)\n?\{[ \t]*\n(.*?)^\}", re.M | re.S)


def functions(text):
    """(name, body, offset of the body) of each function: its braces begin a line."""
    for m in FUNCTION.finditer(text):
        names = re.findall(r"(\w+)\s*\(", m.group(1))
        if names: yield names[0] if names[0] not in ("G_GNUC_PRINTF", "ATTRIBUTE_NONNULL", "coroutine_fn", "G_GNUC_UNUSED") else names[-1], m.group(2), m.start(2)


def arguments(text, start):
    """The arguments of a call whose parenthesis opens at start."""
    depth, at, begin, result = 0, start, start + 1, []
    while at < len(text):
        c = text[at]
        if c in "\"'":
            m = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'").match(text, at)
            if not m: return result
            at = m.end(); continue
        if c in "([{": depth += 1
        elif c in ")]}":
            depth -= 1
            if depth == 0: return result + [text[begin:at]]
        elif c == "," and depth == 1: result.append(text[begin:at]); begin = at + 1
        at += 1
    return result


def spelled(argument):
    """The format as the catalogue spells it; None where it is no text."""
    argument = argument.strip()
    m = re.match(r"(?:_|N_|g_strdup_printf)\s*\(", argument)
    if m: argument = (arguments(argument, m.end() - 1) or [""])[0].strip()
    result, any_text = "", False
    for token in re.findall(r"\"(?:\\.|[^\"\\])*\"|\w+|\S", argument):
        if token[0] == '"':
            result += re.sub(r"\\(.)", lambda e: {"n": "\n", "t": "\t"}.get(e.group(1), e.group(1)), token[1:-1]); any_text = True
            continue
        for name, words in MACROS:
            if name.match(token): result += words; break
        else:
            if re.match(r"^[A-Z_0-9]+$", token) and len(token) > 2: result += "%s"
            elif token == "?" : return spelled(argument.split("?", 1)[1].split(":", 1)[0])
            elif any_text or token not in "()": return None if not any_text else result
    if not any_text: return None
    result = CONVERSION.sub(lambda m: KIND.get(m.group(1), "%s"), result)
    return result.split("\n")[0].strip() and " ".join(result.strip().split("\n")).rstrip()


def calls(body, reporters):
    for m in re.finditer(r"\b(" + "|".join(map(re.escape, reporters)) + r")\s*\(", body):
        index, kind = reporters[m.group(1)]
        args = arguments(body, m.end() - 1)
        if len(args) > index:
            text = spelled(args[index])
            if text == "%s" and len(args) > index + 1: text = spelled(args[index + 1])
            if text and re.search("[A-Za-z]{2}", CONVERSION.sub("", text)) or text in ("%x != %x", "%d != %d"): yield args[0], kind, text
    if reporters is QEMU:
        for m in re.finditer(r"\bfprintf\s*\(", body):
            args = arguments(body, m.end() - 1)
            if len(args) > 1 and args[0].strip() == "stderr":
                text = spelled(args[1])
                if text: yield "", "error", text


def closure(roots, table):
    seen, rest = set(), [r for r in roots if r in table]
    while rest:
        name = rest.pop()
        if name in seen: continue
        seen.add(name)
        rest += [w for w in set(re.findall(r"\b(\w+)\b", table[name])) if w in table and w not in seen]
    return seen


def qemu(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.path.relpath(os.path.join(path, name), folder)
            if not re.search(r"\.(c|c\.inc|h)$", file) or SKIPPED.search(file): continue
            if not re.match(r"(migration|hw|target|accel|block|net|audio|ui|backends|chardev|io|crypto|util|softmmu|system|replay|dump|cpu|job|exec|savevm|vl|fpu|gdbstub|scsi|stubs|hw)", file): continue
            text = open(os.path.join(folder, file), errors="replace").read()
            text = pieces(text)
            table = {}
            for n, body, _ in functions(text): table[n] = table.get(n, "") + body
            load = {m.group(2) for m in HOOKS.finditer(text)} | {m.group(2) for m in ASSIGNED.finditer(text)}
            save = {m.group(2) for m in SAVE_HOOKS.finditer(text)}
            for m in re.finditer(r"VMSTATE_\w*(?:TEST|VALIDATE|_V)\s*\(([^;]*?)\)", text): pass
            whole = file.startswith("migration/") or (file in REACHED and REACHED[file] is None)
            listed = set(REACHED.get(file) or [])
            # What listed functions call is told by the list: drivers open images there, too.
            load, save = closure(load, table) if not listed else listed, closure(save, table)
            for n, body in table.items():
                for first, kind, message in calls(body, QEMU):
                    blocker = "block" in first.lower() or re.search(r"migrat|snapshot|incoming", message, re.I) is not None
                    if whole: side = "migration" if file.startswith("migration/") else "around"
                    elif n in load: side = "load"
                    elif n in save: side = "save"
                    elif blocker: side = "blocker"
                    else: continue
                    yield side, kind, file, n, message
            for m in VALIDATE.finditer(text): yield "load", "error", file, "", "Input validation failed: %s/" + m.group(1)


def libvirt(folder):
    for root in ("src", "."):
        base = os.path.join(folder, root)
        if os.path.isdir(os.path.join(base, "qemu")): break
    for file, part in [(f, None) for f in LIBVIRT_FILES] + list(LIBVIRT_PARTS.items()):
        path = os.path.join(base, file)
        if not os.path.exists(path): continue
        text = pieces(open(path, errors="replace").read())
        for n, body, _ in functions(text):
            if part is not None and not re.search(part, n): continue
            if file == "libvirt-domain.c" and not re.search("Migrat|Save|Restore|Managed", n): continue
            for _, kind, message in calls(body, LIBVIRT): yield "libvirt", kind, file, n, message


def key(version): return [int(n) for n in version.split(".")]


def main():
    found = {}
    for source in sys.argv[1:]:
        name, folder = source.split("=", 1)
        program, version = name.rsplit("-", 1)
        for side, kind, file, function, message in (qemu if program == "qemu" else libvirt)(folder):
            if kind == "warning": continue
            entry = found.setdefault((program, message), {"versions": set(), "side": side, "kind": kind, "file": file, "function": function})
            if version not in entry["versions"] or key(version) >= max(map(key, entry["versions"])): entry.update(side=min(entry["side"], side, key=["load", "migration", "save", "blocker", "around", "libvirt"].index), file=file, function=function, kind=kind)
            entry["versions"].add(version)
    print("program\tfirst\tlast\tside\tkind\tfile\tfunction\tmessage\treason")
    for (program, message), e in sorted(found.items(), key=lambda p: (p[0][0], p[1]["file"], p[1]["function"], p[0][1])):
        versions = sorted(e["versions"], key=key)
        print("\t".join([program, versions[0], versions[-1], e["side"], e["kind"], e["file"], e["function"], message.replace("\t", " "), excluded(e["file"], e["function"], message)]))


main()
