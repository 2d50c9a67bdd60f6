package io.claimloop.cht;

/** How this CHT deployment names things. */
record ChtNames(String insuranceNumberField, String personType, String chwRole) {}
