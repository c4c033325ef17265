// SPDX-License-Identifier: MIT
#include "runtime/attribute_cache.h"

#include <structmember.h>

#include "python/instance.h"
#include "python/properties.h"
#include "runtime/dict_instances.h"
#include "runtime/interned.h"

namespace pyjion::runtime {
namespace {

/// The type's current version tag, 0 when it has none.
uint32_t versionOf(PyTypeObject* type) {
    return PyType_HasFeature(type, Py_TPFLAGS_VALID_VERSION_TAG) != 0 ? type->tp_version_tag : 0;
}

bool isBuiltin(PyTypeObject* type) {
    return PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) == 0;
}

/// Looking the attribute up in the type gives the type its version tag.
struct Owner {
    PyTypeObject* type;
    PyObject* inType;  // what the type has under the name; borrowed, may be null
    uint32_t version;

    Owner(PyTypeObject* ownerType, PyObject* name)
        : type(ownerType), inType(_PyType_Lookup(ownerType, name)), version(versionOf(ownerType)) {}

    /// Whether an instance's own attribute comes before what the type has. That class of a descriptor could get a
    /// __set__ later, which no version tag of the owner tells: only builtin ones count.
    bool yieldsToInstance() const {
        return inType == nullptr || (isBuiltin(Py_TYPE(inType)) && Py_TYPE(inType)->tp_descr_set == nullptr);
    }
    bool isMethod() const {
        return inType != nullptr && isBuiltin(Py_TYPE(inType)) &&
               PyType_HasFeature(Py_TYPE(inType), Py_TPFLAGS_METHOD_DESCRIPTOR) != 0;
    }
    /// What the type has is what an instance without an attribute of its own gives.
    bool isValue() const {
        return inType != nullptr && isBuiltin(Py_TYPE(inType)) && Py_TYPE(inType)->tp_descr_get == nullptr;
    }
    /// The place of a `__slots__` member in the object; 0 when the attribute is none.
    uint16_t slotOffset() const {
        if (inType == nullptr || !Py_IS_TYPE(inType, &PyMemberDescr_Type)) {
            return 0;
        }
        auto* descriptor = reinterpret_cast<PyMemberDescrObject*>(inType);
        const PyMemberDef* member = descriptor->d_member;
        const bool plain = member->type == T_OBJECT_EX && member->flags == 0 && member->offset > 0 &&
                           member->offset <= UINT16_MAX && PyType_IsSubtype(type, descriptor->d_common.d_type) != 0;
        return plain ? static_cast<uint16_t>(member->offset) : 0;
    }
};

void fill(Site* site, AttributeKind kind, uint32_t version, int32_t index) {
    site->attribute.typeVersion = version;
    site->attribute.index = static_cast<uint16_t>(index);
    site->attribute.kind = kind;
}

void forget(Site* site) {
    site->attribute.kind = AttributeKind::Unknown;
    site->attribute.typeVersion = 0;
}

/// The attribute is in the instance, or would be.
void cacheInstance(Site* site, PyObject* instance, const Owner& owner) {
    if (python::hasManagedDict(owner.type) && python::inlineValues(instance) != nullptr) {
        const int32_t index = python::entryOf(python::sharedKeys(owner.type), site->name);
        if (index >= 0) {
            fill(site, AttributeKind::InlineValue, owner.version, index);
        }
        return;
    }
    PyObject* dict = python::instanceDict(instance, owner.type);
    if (dict != nullptr) {
        noteDictInstance(owner.version);
        const int32_t place = python::entryOf(reinterpret_cast<PyDictObject*>(dict)->ma_keys, site->name);
        if (place >= 0) {
            fill(site, AttributeKind::DictEntry, owner.version, place);
        }
    }
}

/// An attribute that a class has itself, where its metaclass is `type` and has nothing of the name: functions, and
/// objects without __get__.
void cacheClass(Site* site, PyTypeObject* owner) {
    if (!Py_IS_TYPE(reinterpret_cast<PyObject*>(owner), &PyType_Type) ||
        _PyType_Lookup(&PyType_Type, site->name) != nullptr) {
        return;
    }
    Owner found(owner, site->name);
    if (found.inType == nullptr || found.version == 0 || !isBuiltin(Py_TYPE(found.inType))) {
        return;
    }
    if (Py_TYPE(found.inType)->tp_descr_get == nullptr || PyFunction_Check(found.inType)) {
        fill(site, AttributeKind::OfClass, found.version, 0);
        site->object = found.inType;
    }
}

bool hasOrdinaryAttributes(PyTypeObject* type) {
    return type->tp_getattro == PyObject_GenericGetAttr || type == &PyModule_Type;
}

void cacheLoadOf(Site* site, PyObject* instance, const Owner& owner) {
    if (const uint16_t offset = owner.slotOffset()) {
        fill(site, AttributeKind::Slot, owner.version, offset);
    } else if (owner.yieldsToInstance()) {
        cacheInstance(site, instance, owner);
    }
}

/// A method, which an attribute of the instance's own would hide.
void cacheMethodOf(Site* site, const Owner& owner) {
    const bool managed = python::hasManagedDict(owner.type);
    if (!managed && owner.type->tp_dictoffset == 0) {
        fill(site, AttributeKind::Method, owner.version, 0);
    } else if (!managed && owner.type->tp_dictoffset < 0) {
        return;  // the dict lies behind items
    } else {
        fill(site, AttributeKind::HiddenMethod, owner.version, 0);
        site->attribute.sharedNames = kSomeHides;
        if (managed && python::entryOf(python::sharedKeys(owner.type), site->name) < 0) {
            site->attribute.sharedNames = static_cast<uint32_t>(python::entryCount(python::sharedKeys(owner.type)));
        }
    }
    site->object = owner.inType;
}

/// What the values of instances may hide is not told by the class alone. Dicts are looked through.
void forgetHidden(Site* site, PyTypeObject* type) {
    if (site->attribute.sharedNames == kSomeHides && python::hasManagedDict(type)) {
        forget(site);
    }
}

}  // namespace

bool mayHaveDict(PyTypeObject* type, uint32_t version) {
    return python::hasManagedDict(type) ? hasDictInstances(version) || !python::isMadeWithValues(type)
                                        : type->tp_dictoffset > 0;
}

void cacheOfClass(Site* site, AttributeUse use, PyTypeObject* type) {
    forget(site);
    Owner owner(type, site->name);
    const bool isOrdinary = use == AttributeUse::Store ? type->tp_setattro == PyObject_GenericSetAttr
                                                       : type->tp_getattro == PyObject_GenericGetAttr;
    if (owner.version == 0 || !isOrdinary) {
        return;
    }
    if (use == AttributeUse::Method && owner.isMethod()) {
        cacheMethodOf(site, owner);
        forgetHidden(site, type);
        return;
    }
    if (use == AttributeUse::Load && owner.inType != nullptr && python::getterFunction(owner.inType) != nullptr) {
        fill(site, AttributeKind::Getter, owner.version, 0);
        site->object = owner.inType;
        return;
    }
    const int32_t index = python::hasManagedDict(type) ? python::entryOf(python::sharedKeys(type), site->name) : -1;
    if (const uint16_t offset = owner.slotOffset()) {
        fill(site, AttributeKind::Slot, owner.version, offset);
    } else if (index >= 0 && owner.yieldsToInstance()) {
        fill(site, AttributeKind::InlineValue, owner.version, index);
    } else if (use != AttributeUse::Store && owner.isValue()) {
        cacheMethodOf(site, owner);
        if (site->attribute.kind != AttributeKind::Unknown) {
            site->attribute.kind = AttributeKind::ClassValue;
        }
        forgetHidden(site, type);
    } else if (owner.inType == nullptr && mayHaveDict(type, owner.version) &&
               (use != AttributeUse::Store || python::hasManagedDict(type))) {
        // Into other dicts the interpreter stores while it holds the value, which shows when the old one dies.
        fill(site, AttributeKind::DictEntry, owner.version, 0);
    }
}

void noteClass(Site* site, AttributeUse use, PyObject* owner) {
    Site found;
    found.name = site->name;
    if (PyType_Check(owner) == 0 && !site->classes.isClosed()) {
        cacheOfClass(&found, use, Py_TYPE(owner));
    }
    if (found.attribute.kind != AttributeKind::Unknown) {
        site->classes.note(found.attribute.typeVersion);
    }
}

void cacheLoad(Site* site, PyObject* instance) {
    forget(site);
    if (PyType_Check(instance)) {
        cacheClass(site, reinterpret_cast<PyTypeObject*>(instance));
        return;
    }
    Owner owner(Py_TYPE(instance), site->name);
    if (owner.version != 0 && hasOrdinaryAttributes(owner.type)) {
        cacheLoadOf(site, instance, owner);
    }
}

void cacheMethod(Site* site, PyObject* instance) {
    forget(site);
    if (PyType_Check(instance)) {
        cacheClass(site, reinterpret_cast<PyTypeObject*>(instance));
        return;
    }
    Owner owner(Py_TYPE(instance), site->name);
    if (owner.version == 0 || !hasOrdinaryAttributes(owner.type)) {
        return;
    }
    if (owner.isMethod()) {
        cacheMethodOf(site, owner);
    } else {
        cacheLoadOf(site, instance, owner);
    }
}

void cacheStore(Site* site, PyObject* instance) {
    forget(site);
    Owner owner(Py_TYPE(instance), site->name);
    if (owner.version == 0 || owner.type->tp_setattro != PyObject_GenericSetAttr) {
        return;
    }
    cacheLoadOf(site, instance, owner);
}

namespace {

constexpr size_t kSharedSites = 1024;

/// Names are kept alive: another one at the same address would be taken for them.
Site sharedSites[3][kSharedSites];

void fillShared(AttributeUse use, Site* site, PyObject* owner) {
    const uint32_t version = versionOf(Py_TYPE(owner));
    switch (use) {
        case AttributeUse::Load:
            cacheLoad(site, owner);
            break;
        case AttributeUse::Method:
            cacheMethod(site, owner);
            break;
        case AttributeUse::Store:
            cacheStore(site, owner);
            break;
    }
    if (site->attribute.kind == AttributeKind::Unknown) {
        site->attribute.typeVersion = version;  // it is known that nothing can be said
    }
}

}  // namespace

uint32_t assuredVersion(PyTypeObject* type) {
    static PyObject* const name = interned("__class__");
    return Owner(type, name).version;
}

Site* sharedSite(AttributeUse use, PyObject* owner, PyObject* name) {
    const uint32_t version = Py_TYPE(owner)->tp_version_tag;
    if (version == 0 || PyType_Check(owner)) {
        return nullptr;
    }
    const size_t hash = (version * 97U) ^ (reinterpret_cast<uintptr_t>(name) >> 4U);
    Site* site = &sharedSites[static_cast<size_t>(use)][hash % kSharedSites];
    if (site->attribute.typeVersion != version || site->name != name) {
        Py_INCREF(name);
        Py_XSETREF(site->name, name);
        fillShared(use, site, owner);
        site->attribute.misses = 0;
    }
    return site;
}

}  // namespace pyjion::runtime
