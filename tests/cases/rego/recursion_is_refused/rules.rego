package app

chicken if egg

egg if chicken
