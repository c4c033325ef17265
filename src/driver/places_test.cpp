// SPDX-License-Identifier: MIT
#include "driver/places.h"

#include <gtest/gtest.h>

namespace pyjion::driver {
namespace {

bool isInPlaces(const char* text, const char* module, const char* function = "f") {
    const auto places = parsePlaces(text);
    EXPECT_TRUE(places.has_value()) << text;
    return isIn(places.value_or(std::vector<Place>{}), module, function);
}

TEST(PlacesTest, ModulesHaveTheirSubmodules) {
    EXPECT_TRUE(isInPlaces("app", "app"));
    EXPECT_TRUE(isInPlaces("app", "app.models.user"));
    EXPECT_TRUE(isInPlaces("app.models", "app.models.user"));
    EXPECT_FALSE(isInPlaces("app.models", "app"));
    EXPECT_FALSE(isInPlaces("app", "application"));
    EXPECT_FALSE(isInPlaces("models", "app.models"));
    EXPECT_TRUE(isInPlaces("*.models", "app.models.user"));
}

TEST(PlacesTest, FunctionsAreNamedAsTheirModuleNamesThem) {
    EXPECT_TRUE(isInPlaces("app:Model.*", "app", "Model.save"));
    EXPECT_FALSE(isInPlaces("app:Model.*", "app", "Other.save"));
    EXPECT_FALSE(isInPlaces("app:f", "app.models"));
    EXPECT_TRUE(isInPlaces("*:f", "app.models"));
}

TEST(PlacesTest, AnyOfAListIsEnough) {
    EXPECT_TRUE(isInPlaces("json, app:g, app:f", "app"));
    EXPECT_FALSE(isInPlaces("json, app:g", "app"));
    EXPECT_FALSE(isInPlaces("", "app"));
}

TEST(PlacesTest, CodeWithoutAModuleIsInNone) {
    EXPECT_FALSE(isInPlaces("*", ""));
    EXPECT_TRUE(isInPlaces("*", "app"));
}

TEST(PlacesTest, WhatIsNeitherModuleNorFunctionIsRefused) {
    for (const char* text :
         {":f", "app:", "app:f:g", "json,app:", "app lib", "app\tlib", "app\n", "app: f", "app :f, json"}) {
        EXPECT_FALSE(parsePlaces(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace pyjion::driver
