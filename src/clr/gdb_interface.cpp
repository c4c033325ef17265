// SPDX-License-Identifier: MIT
// The ELF object, and the list of objects that gdb reads ("JIT Compilation Interface" in gdb's manual).
#include "clr/gdb_interface.h"

#include <elf.h>

#include <cstring>
#include <string>

#include "clr/fork_mutex.h"
#include "clr/unwind.h"

// Names and layout are gdb's.
extern "C" {
struct jit_code_entry {
    jit_code_entry* next_entry;
    jit_code_entry* prev_entry;
    const char* symfile_addr;
    uint64_t symfile_size;
};
struct jit_descriptor {
    uint32_t version;
    uint32_t action_flag;
    jit_code_entry* relevant_entry;
    jit_code_entry* first_entry;
};
// Exported for gdb, which may have no other symbols of a stripped library; protected, so that another JIT in the
// process does not get our list or we its.
__attribute__((visibility("protected"))) jit_descriptor __jit_debug_descriptor = {1, 0, nullptr, nullptr};
// gdb sets a breakpoint here.
__attribute__((visibility("protected"), noinline)) void __jit_debug_register_code() {
    __asm__ volatile("" ::: "memory");
}
}

namespace pyjion::clr {

namespace {

enum GdbAction : uint32_t { kNoAction = 0, kRegister = 1, kUnregister = 2 };

bool enabled = false;

ForkMutex& listMutex() {
    static ForkMutex* mutex = new ForkMutex;
    return *mutex;
}

void notify(GdbAction action, jit_code_entry* entry) {
    __jit_debug_descriptor.action_flag = action;
    __jit_debug_descriptor.relevant_entry = entry;
    __jit_debug_register_code();
    __jit_debug_descriptor.action_flag = kNoAction;
    __jit_debug_descriptor.relevant_entry = nullptr;
}

enum Section { kNone, kText, kEhFrame, kSymbols, kStrings, kSectionNames, kSectionCount };

// Section names at offsets that the headers refer to.
class StringTable {
  public:
    uint32_t add(std::string_view text) {
        const auto offset = static_cast<uint32_t>(bytes_.size());
        bytes_.append(text);
        bytes_.push_back('\0');
        return offset;
    }
    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_ = std::string(1, '\0');
};

size_t append(std::vector<std::byte>& object, const void* data, size_t size) {
    object.resize((object.size() + 7) / 8 * 8);
    const size_t offset = object.size();
    const auto* bytes = static_cast<const std::byte*>(data);
    object.insert(object.end(), bytes, bytes + size);
    return offset;
}

}  // namespace

std::vector<std::byte> gdbObjectFile(std::string_view symbol, const void* code, size_t size,
                                     std::span<const uint8_t> unwindInstructions) {
    EhFrame frames;
    frames.add(code, size, unwindInstructions);
    const std::vector<uint8_t>& ehFrame = frames.bytes();
    StringTable strings;
    Elf64_Sym symbols[2] = {};
    symbols[1].st_name = strings.add(symbol);
    symbols[1].st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    symbols[1].st_shndx = kText;
    symbols[1].st_size = size;

    StringTable names;
    Elf64_Shdr sections[kSectionCount] = {};
    std::vector<std::byte> object(sizeof(Elf64_Ehdr));
    const auto define = [&](Section section, std::string_view name, uint32_t type, size_t offset, size_t bytes) {
        sections[section].sh_name = names.add(name);
        sections[section].sh_type = type;
        sections[section].sh_offset = offset;
        sections[section].sh_size = bytes;
        sections[section].sh_addralign = 8;
    };
    define(kText, ".text", SHT_NOBITS, 0, size);
    sections[kText].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
    sections[kText].sh_addr = reinterpret_cast<uint64_t>(code);
    define(kEhFrame, ".eh_frame", SHT_PROGBITS, append(object, ehFrame.data(), ehFrame.size()), ehFrame.size());
    sections[kEhFrame].sh_flags = SHF_ALLOC;
    define(kSymbols, ".symtab", SHT_SYMTAB, append(object, symbols, sizeof symbols), sizeof symbols);
    sections[kSymbols].sh_link = kStrings;
    sections[kSymbols].sh_info = 1;
    sections[kSymbols].sh_entsize = sizeof(Elf64_Sym);
    define(kStrings, ".strtab", SHT_STRTAB, append(object, strings.bytes().data(), strings.bytes().size()),
           strings.bytes().size());
    define(kSectionNames, ".shstrtab", SHT_STRTAB, 0, 0);
    sections[kSectionNames].sh_offset = append(object, names.bytes().data(), names.bytes().size());
    sections[kSectionNames].sh_size = names.bytes().size();

    Elf64_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_REL;
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_ehsize = sizeof header;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = kSectionCount;
    header.e_shstrndx = kSectionNames;
    header.e_shoff = append(object, sections, sizeof sections);
    std::memcpy(object.data(), &header, sizeof header);
    // gdb takes addresses of loaded sections from their headers: the unwind table is where it lies in the object.
    const auto ehFrameAddress = reinterpret_cast<uint64_t>(object.data()) + sections[kEhFrame].sh_offset;
    std::memcpy(object.data() + header.e_shoff + kEhFrame * sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_addr),
                &ehFrameAddress, sizeof ehFrameAddress);
    return object;
}

void setGdbInterfaceEnabled(bool on) {
    enabled = on;
}
bool isGdbInterfaceEnabled() {
    return enabled;
}

struct GdbEntry::Node : jit_code_entry {};

GdbEntry::GdbEntry(std::string_view symbol, const void* code, size_t size, std::span<const uint8_t> unwindInstructions)
    : object_(gdbObjectFile(symbol, code, size, unwindInstructions)), node_(std::make_unique<Node>()) {
    ForkMutex::Lock lock(listMutex());
    node_->symfile_addr = reinterpret_cast<const char*>(object_.data());
    node_->symfile_size = object_.size();
    node_->prev_entry = nullptr;
    node_->next_entry = __jit_debug_descriptor.first_entry;
    if (node_->next_entry) {
        node_->next_entry->prev_entry = node_.get();
    }
    __jit_debug_descriptor.first_entry = node_.get();
    notify(kRegister, node_.get());
}

GdbEntry::~GdbEntry() {
    ForkMutex::Lock lock(listMutex());
    jit_code_entry*& before = node_->prev_entry ? node_->prev_entry->next_entry : __jit_debug_descriptor.first_entry;
    before = node_->next_entry;
    if (node_->next_entry) {
        node_->next_entry->prev_entry = node_->prev_entry;
    }
    notify(kUnregister, node_.get());
}

}  // namespace pyjion::clr
