"""What the sample report is made of: places, names and sentences. `make_report.py` puts them together."""

from __future__ import annotations

REGIONS: dict[str, dict[str, list[str]]] = {
    "Americas": {
        "United States": [
            "California", "Texas", "New York", "Illinois", "Massachusetts", "Ohio", "Georgia", "Washington",
            "Colorado",
        ],
        "Canada": ["Ontario", "Quebec", "Alberta", "British Columbia", "Nova Scotia"],
        "Brazil": ["São Paulo", "Minas Gerais", "Rio Grande do Sul", "Bahia", "Paraná"],
        "Mexico": ["Nuevo León", "Jalisco", "Querétaro", "Puebla"],
        "Chile": ["Antofagasta", "Valparaíso", "Biobío"],
    },
    "Europe": {
        "Germany": ["Bavaria", "Baden-Württemberg", "North Rhine-Westphalia", "Saxony", "Hesse", "Hamburg"],
        "France": ["Île-de-France", "Auvergne-Rhône-Alpes", "Occitanie", "Grand Est", "Brittany"],
        "United Kingdom": ["England", "Scotland", "Wales", "Northern Ireland"],
        "Italy": ["Lombardy", "Emilia-Romagna", "Veneto", "Piedmont"],
        "Spain": ["Catalonia", "Basque Country", "Andalusia", "Valencia"],
        "Sweden": ["Västra Götaland", "Skåne", "Norrbotten"],
        "Poland": ["Mazovia", "Silesia", "Lower Silesia"],
    },
    "Asia Pacific": {
        "Japan": ["Tokyo", "Aichi", "Osaka", "Fukuoka", "Hokkaido"],
        "India": ["Maharashtra", "Karnataka", "Tamil Nadu", "Gujarat", "Telangana", "West Bengal"],
        "Australia": ["New South Wales", "Victoria", "Queensland", "Western Australia", "South Australia"],
        "China": ["Guangdong", "Jiangsu", "Shandong", "Sichuan", "Zhejiang"],
        "South Korea": ["Gyeonggi", "South Chungcheong", "North Gyeongsang"],
        "Indonesia": ["West Java", "East Java", "Riau"],
    },
    "Middle East and Africa": {
        "South Africa": ["Gauteng", "Western Cape", "KwaZulu-Natal", "Mpumalanga"],
        "United Arab Emirates": ["Abu Dhabi", "Dubai", "Sharjah"],
        "Saudi Arabia": ["Riyadh Province", "Eastern Province", "Makkah Province"],
        "Egypt": ["Cairo Governorate", "Alexandria Governorate", "Suez Governorate"],
        "Nigeria": ["Lagos State", "Rivers State", "Kano State"],
        "Kenya": ["Nairobi County", "Mombasa County", "Nakuru County"],
    },
}  # fmt: skip

LINES = ("Spectrometers", "Flow meters", "Microscopes", "Gas analysers", "Vacuum gauges", "Service and parts")

FIRST_NAMES = (
    "Amara", "Bruno", "Chiara", "Dawit", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jonas", "Kavya", "Leila",
    "Mateo", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Selim", "Tara", "Ulrich", "Vera", "Wen", "Ximena",
    "Yusuf", "Zofia",
)  # fmt: skip
LAST_NAMES = (
    "Abiola", "Brandt", "Castellanos", "Duarte", "Eriksen", "Fontaine", "Grabowski", "Haddad", "Ishikawa", "Jansen",
    "Kimani", "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quiroga", "Rahman", "Sandoval", "Tanaka",
    "Ueda", "Vasquez", "Whitfield", "Yilmaz", "Zielinski",
)  # fmt: skip
CUSTOMER_HEADS = (
    "Alder", "Bluewater", "Corvus", "Delphi", "Eastgate", "Fairhaven", "Granite", "Harrow", "Ironbridge", "Juniper",
    "Kestrel", "Lumen", "Marlowe", "Northfield", "Orchard", "Pinnacle", "Quarry", "Redwood", "Sterling", "Tamarind",
    "Umber", "Vantage", "Westlake", "Yarrow", "Zenith",
)  # fmt: skip
CUSTOMER_TAILS = (
    "Chemicals", "Biologics", "Semiconductors", "Refining", "Water Authority", "Glassworks", "Steel", "Foods",
    "Pharma", "University Hospital", "Aerospace", "Batteries", "Cement", "Research Institute", "Utilities",
)  # fmt: skip

MARKETS = (
    "Demand came mostly from water utilities, which replace meters older than their regulator allows.",
    "Pharmaceutical plants bought more than in any earlier year, as three moved to continuous production.",
    "The market was flat: semiconductor customers finished their old orders and placed few new ones.",
    "Universities and hospitals returned after two thin years, helped by public money for laboratory equipment.",
    "Battery makers were the new customers of the year; none of them had bought from us before 2023.",
    "Refineries postponed their planned stops, and with them the orders for analysers that belong to each stop.",
    "Food producers asked for cheaper instruments and for rental; half of the new contracts are rentals.",
    "Steel and cement works bought emission analysers ahead of the rules that take effect in 2027.",
    "A weak harvest cut the budgets of the agricultural laboratories, which are a third of our customers here.",
    "Hydrogen projects were announced in number but ordered little; two of nine reached a binding contract.",
    "The number of tenders rose by a fifth, and we won more of the small ones and fewer of the large ones.",
    "Mining companies extended their laboratories underground, where only our sealed gauges are certified.",
)

PLUS = (
    "{leader} puts the gain down to the shorter delivery time, now {weeks} weeks.",
    "The largest order of the year, from {customer}, was worth EUR {order} thousand and was delivered in {month}.",
    "{customer} made us its only supplier of {line}, after a trial that began in {month} 2024.",
    "A second service van and {number} trained technicians brought the service contracts up by {percent}%.",
    "{leader} opened a demonstration laboratory in {month}; {number} of the first fifty visitors became customers.",
    "The framework contract with {customer} was renewed for four years, at prices {percent}% above the old ones.",
)
MINUS = (
    "{leader} names two lost tenders as the main reason, both to a cheaper bid.",
    "{customer}, which had been the largest customer, closed its plant in {month} and will not reopen it.",
    "An order of EUR {order} thousand from {customer} slipped into 2026, after the building permit was delayed.",
    "The office worked without a manager from {month} until {leader} took over at the end of the year.",
    "{customer} moved its purchases of {line} to a rental company, which takes them at a lower margin.",
    "A price rise of {percent}% in {month} cost more volume than expected, above all in {line}.",
)
EVENTS = (
    "In {month} a storm took the roof off the warehouse in {place}; stock worth EUR {order} thousand was lost.",
    "The calibration laboratory was accredited to ISO/IEC 17025 in {month}, the first in the country.",
    "A batch of {number} {line} was recalled in {place} in {month} because {fault}; no one was hurt.",
    "In {month} {number} {line} had to be recalled in {place} because {fault}; all are repaired.",
    "The works council and the management agreed in {month} on a four-day week for the assembly line, on trial.",
    "A break-in in {place} in {month} damaged the server room; an outside inquiry found that no data were taken.",
    "The office moved in {month} to a building that uses {percent}% less energy and costs about the same.",
    "Customs held a delivery to {customer} for {number} days in {month}, over a missing certificate of origin.",
    "{customer} invited the team to present the new handheld spectrometer to its engineers from nine countries.",
    "The apprentice programme took in {number} people, twice as many as the year before.",
    "A flood in {place} in {month} stopped deliveries for {number} days; a neighbouring depot helped out.",
    "In {month} the tax office closed its audit of the years 2019 to 2022 without findings.",
    "The team began to repair instruments of other makers, which brought EUR {order} thousand in the first year.",
    "A former distributor claims EUR {order} thousand for the end of its contract; the case is heard in 2026.",
    "The electric delivery vans, {number} of them, replaced the last diesel ones in {month}.",
)
PEOPLE = (
    "Sick leave fell to {few} days a person, the lowest since it has been counted.",
    "{number} people left and most of them named pay; the scale was raised by {few}% from {month}.",
    "The team elected {colleague} as its speaker for safety; there were {few} accidents, none of them grave.",
    "{colleague} received the group's prize for a tool that halves the time of an alignment.",
    "A third of the staff took part in the training on the new handheld instruments, {number} days in all.",
    "The share of women in technical posts rose to {share}%; the goal for 2027 is 40%.",
    "Two of the {few} open posts for calibration could not be filled before {month}.",
    "{colleague} moved here from the head office in {month} to build up the rental desk.",
    "Home working was settled in an agreement of {month}: up to {few} days a month for every office post.",
)
SERVICE = (
    "Instruments under contract were reached within {hours} hours of a call, against a promise of {promise}.",
    "Deliveries on time reached {high}%, after {low}% in 2024; the rest waited for lenses.",
    "Customers gave the service {grade} of 10 points in the autumn survey, and praised the telephone hours most.",
    "The depot now keeps {number} loan instruments, so that no customer waits without one during a repair.",
    "Complaints fell from {more} to {number}; most were about documents, not about instruments.",
    "{percent}% of the repairs were done by remote maintenance, without a visit.",
    "Spare parts came from the regional depot in {few} days on average, one day sooner than in 2024.",
)
INVESTMENTS = (
    "EUR {order} thousand were invested, mostly in a climate chamber for the calibration of {line}.",
    "Investments came to EUR {order} thousand; the largest was a second test bench for {line}.",
    "Nothing was invested beyond the replacement of worn tools, for EUR {small} thousand.",
    "Solar panels on the depot cost EUR {small} thousand and cover {percent}% of the electricity.",
    "A new order system went live in {month}, at a cost of EUR {small} thousand, two months later than planned.",
    "EUR {small} thousand went into a clean room, which {customer} had made a condition of its contract.",
)
FAULTS = (
    "a seal let in moisture", "a batch of displays failed in the cold",
    "a cable had been fitted the wrong way round", "the supplier had changed an adhesive",
    "a rounding error in the software gave readings that were too low",
    "the battery grew hot while charging",
)  # fmt: skip
RISKS = (
    "**Currency.** Sales are billed in the local currency and costs are mostly in euro; a fall of 10% would cost "
    "about EUR {order} thousand of profit a year.",
    "**One customer.** {customer} accounts for {percent}% of the revenue here; its contract ends in {month} 2027.",
    "**Optical glass.** All lenses come from a single furnace; an outage of more than {weeks} weeks would stop "
    "deliveries.",
    "**Skilled staff.** {number} of the service technicians retire within five years; training one takes two.",
    "**New rules.** A draft regulation would require each instrument to be registered; the cost is put at EUR "
    "{order} thousand.",
    "**Cheaper rivals.** Two makers offer {line} at {percent}% below our price, with a shorter guarantee.",
    "**Tariffs.** A tariff of {percent}% on measuring instruments is under discussion and would hit {line} first.",
    "**Power cuts.** The depot was without power for {number} hours in the year; the backup covers four at a time.",
    "**Late payment.** Public customers pay after {number} days on average; EUR {order} thousand are overdue.",
    "**Water shortage.** The cleaning hall uses well water, and the permit must be renewed in {month} 2026.",
    "**Cyber attack.** A test found {number} weaknesses in the remote maintenance; all but two are closed.",
    "**Lease.** The lease of the building ends in {month} 2026, and the owner wants to sell it.",
    "**Political change.** An election in {month} 2026 may end the subsidy on which a third of the tenders rest.",
    "**Port congestion.** Goods wait {number} days on average at the port, twice as long as in 2023.",
)
OUTLOOKS = (
    "For 2026 we expect growth of about {percent}%, carried by {line}.",
    "For 2026 we expect revenue on the level of 2025; the order book covers {weeks} weeks.",
    "{leader} plans to hire {number} people in 2026, most of them for service.",
    "A trial with {customer} in {month} will decide whether a second depot is opened.",
    "We expect a slow first half and a strong second one, when {customer} takes its new plant into operation.",
    "The plan for 2026 is cautious: no new posts, and investments only where a contract is signed.",
    "From {month} 2026 the office will also serve the customers of a distributor that is giving up.",
)
COUNTRY_TEXTS = (
    "{leader} has managed the country since {year}. The year was shaped by {theme}, and the plan was {met}.",
    "The country organisation, led by {leader} since {year}, {met} its plan in a year that was shaped by {theme}.",
)
THEMES = (
    "the new rules on emissions", "high interest rates, which delayed many projects",
    "the recovery of research spending", "a shortage of freight space in the spring",
    "the merger of two of our largest customers",
    "the first full year of the rental business", "a strike in the ports during six weeks",
    "the end of a large public programme for clean water", "the build-up of battery plants",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
